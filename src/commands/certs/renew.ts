import { type Renewed, renewCertificate } from "../../flows/certificates/change-trust.ts";
import { describeCertificate } from "../kit/certificate-lines.ts";
import { defineCommand } from "../kit/command.ts";

export const certsRenewCommand = defineCommand<null, Renewed>({
  name: "certs renew",
  group: "Setting up",
  summary: "Make a new certificate for the callback",
  description:
    "Makes a new key and certificate, valid for 397 days. Where browsers trusted the old one they trust the new one from then on, and the old one " +
    "no more. A certificate that nobody trusts renews itself when a sign-in needs it.",
  examples: [["qbo certs renew", "once a year, if you let your browsers trust it"]],
  read: () => null,
  run: (world) => renewCertificate(world),
  human: ({ isTrusted, report }, style) =>
    [
      `${style.green("✓")} Made a new certificate${isTrusted ? ", which is trusted in the place of the old one" : ""}.`,
      "",
      ...describeCertificate(report, style),
    ].join("\n"),
  json: ({ previous, report }) => ({ ...report, previousFingerprint: previous }),
  exitCode: ({ isTrusted, report }) =>
    !isTrusted || report.stores.every(({ trusted, reason }) => trusted && reason === null) ? 0 : 8,
});
