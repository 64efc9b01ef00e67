import type { CertificateReport } from "../../flows/certificates/inspect-certificates.ts";
import type { Style } from "./command.ts";
import { formatFields, indent } from "./fields.ts";

/** The certificate and its trust stores, for people. */
export function describeCertificate(report: CertificateReport, style: Style): string[] {
  const { certificate, problem } = report;
  const rows = certificate
    ? formatFields(
        [
          ["file", certificate.path],
          ["SHA-256", certificate.fingerprint],
          ["valid", `${certificate.validFrom} to ${certificate.expiresAt}${describeState(certificate.state, style)}`],
        ],
        style,
      )
    : [problem ?? "There is no certificate yet; the first sign-in makes one."];
  return [...rows, "", "trust stores", ...indent(describeStores(report, style))];
}

/** Why a person may still be warned. */
export const firefoxNote =
  "Firefox trusts no single certificate by such a store. When it warns, choose Advanced, compare the fingerprint under View Certificate with the " +
  "SHA-256 that qbo shows, and accept the risk: it remembers that for this certificate and port.";

function describeState(state: "valid" | "expired" | "not-yet-valid", style: Style): string {
  if (state === "valid") return "";
  return style.red(state === "expired" ? " (expired)" : " (not valid yet: look at the clock)");
}

function describeStores({ stores }: CertificateReport, style: Style): string[] {
  if (stores.length === 0) return ["none that a Chromium-like browser would use"];
  return stores.flatMap(({ store, trusted, reason, olderLeaves }) => {
    const word =
      trusted === null ? style.yellow("? cannot know ") : trusted ? style.green("✓ trusted     ") : "· not trusted ";
    const older = olderLeaves === 0 ? [] : [`  and ${olderLeaves} other of qbo's; to remove them: qbo certs untrust`];
    return [`${word} ${store}`, ...(reason === null ? [] : [`  ${style.yellow(reason)}`]), ...older];
  });
}
