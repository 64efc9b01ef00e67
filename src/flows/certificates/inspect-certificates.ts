import { formatInstant } from "../../core/instant.ts";
import type { CertificateFinding } from "../../core/machine.ts";
import type { TrustFinding } from "../../core/trust.ts";
import type { World } from "../../core/world.ts";

/** The callback's certificate and who trusts it, as shown and as JSON. */
export interface CertificateReport {
  certificate: {
    path: string;
    /** SHA-256, as browsers show it. */
    fingerprint: string;
    validFrom: string;
    expiresAt: string;
    state: "valid" | "expired" | "not-yet-valid";
  } | null;
  /** Why what lies there is no certificate, in a sentence; otherwise null. */
  problem: string | null;
  /** Whether any store trusts it; null when that cannot be known. */
  trusted: boolean | null;
  stores: { store: string; trusted: boolean | null; reason: string | null; olderLeaves: number }[];
}

type Doors = Pick<World, "machine" | "trustStore" | "certificates" | "clock">;

/** Looks at the certificate and into every trust store, and brings the note about them up to date. */
export async function inspectCertificates(world: Doors): Promise<CertificateReport> {
  const found = await (await world.machine()).inspectCertificate();
  const fingerprint = found.kind === "leaf" ? found.fingerprint : null;
  const findings = await (await world.trustStore()).inspect(fingerprint);
  if (fingerprint !== null) await noteTrust(world, fingerprint, findings);
  return describeCertificates(found, findings, world.clock.now());
}

/** Writes down what the stores said about the leaf. What cannot be known now stays as it was noted. */
export async function noteTrust(
  world: Pick<World, "certificates">,
  fingerprint: string,
  findings: readonly TrustFinding[],
): Promise<void> {
  const certificates = await world.certificates();
  const before = await certificates.readTrust();
  const noted = before?.fingerprint === fingerprint ? before.stores : [];
  const stores = findings
    .filter(({ store, isTrusted }) => isTrusted ?? noted.includes(store))
    .map(({ store }) => store);
  // The tool that would tell may be gone, and the browsers trust the leaf all the same.
  if (stores.join("\n") === noted.join("\n") && (before !== undefined) === stores.length > 0) return;
  await certificates.writeTrust(stores.length === 0 ? undefined : { fingerprint, stores });
}

/** The report of what was found on disk and in the trust stores, as of `now`, in milliseconds. */
export function describeCertificates(
  found: CertificateFinding,
  findings: readonly TrustFinding[],
  now: number,
): CertificateReport {
  const answers = new Set(findings.map(({ isTrusted }) => isTrusted));
  return {
    certificate: found.kind === "leaf" ? describeLeaf(found, now) : null,
    problem: found.kind === "unusable" ? `${found.path} cannot be used as a certificate.` : null,
    trusted: answers.has(true) ? true : answers.has(null) ? null : false,
    stores: findings.map(({ store, isTrusted, reason, otherLeaves }) => {
      return { store, trusted: isTrusted, reason, olderLeaves: otherLeaves };
    }),
  };
}

function describeLeaf({ path, fingerprint, validFrom, expiresAt }: CertificateFinding & { kind: "leaf" }, now: number) {
  const state = expiresAt <= now ? "expired" : validFrom > now ? "not-yet-valid" : "valid";
  return {
    path,
    fingerprint,
    validFrom: formatInstant(validFrom),
    expiresAt: formatInstant(expiresAt),
    state,
  } as const;
}
