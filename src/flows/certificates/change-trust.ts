import type { TrustFinding, TrustRemoval } from "../../core/trust.ts";
import type { World } from "../../core/world.ts";
import {
  type CertificateReport,
  describeCertificates,
  inspectCertificates,
  noteTrust,
} from "./inspect-certificates.ts";

type Doors = Pick<World, "machine" | "trustStore" | "certificates" | "clock">;

/** Lets every trust store of this person trust the callback's leaf, which is made if there is none. Throws CERTIFICATE_UNUSABLE. */
export async function trustCertificate(world: Doors): Promise<CertificateReport> {
  const leaf = await (await world.certificates()).forCallback();
  const findings = await (await world.trustStore()).trust(leaf.certificatePem);
  await noteTrust(world, leaf.fingerprint, findings);
  return report(world, findings);
}

export interface Untrusted {
  removals: TrustRemoval[];
  report: CertificateReport;
}

/** Takes all leaves of qbo out of every trust store. Throws CERTIFICATE_UNUSABLE when no store could be asked. */
export async function untrustCertificates(world: Doors): Promise<Untrusted> {
  const removals = await (await world.trustStore()).untrust(null);
  if (removals.every(({ reason }) => reason === null)) await (await world.certificates()).writeTrust(undefined);
  return { removals, report: await inspectCertificates(world) };
}

export interface Renewed {
  /** Fingerprint of the leaf that was replaced; null when there was none. */
  previous: string | null;
  /** Whether trust went over to the new one. */
  isTrusted: boolean;
  report: CertificateReport;
}

/**
 * Makes a new leaf for the callback. Where the old one was trusted the new one is trusted first, and takes its place only then, so that
 * a refusal on the way changes nothing. Throws CERTIFICATE_UNUSABLE.
 */
export async function renewCertificate(world: Doors): Promise<Renewed> {
  const certificates = await world.certificates();
  const trustStore = await world.trustStore();
  const noted = await certificates.readTrust();
  const before = await (await world.machine()).inspectCertificate();
  const previous = before.kind === "leaf" ? before.fingerprint : (noted?.fingerprint ?? null);
  const known = previous === null ? [] : await trustStore.inspect(previous);
  const wasTrusted = noted?.fingerprint === previous || known.some(({ isTrusted }) => isTrusted === true);
  const leaf = await certificates.makeForCallback();
  const findings = wasTrusted ? await trustStore.trust(leaf.certificatePem) : [];
  await certificates.keepForCallback(leaf);
  if (!wasTrusted || previous === null) return { previous, isTrusted: false, report: await inspectCertificates(world) };
  await noteTrust(world, leaf.fingerprint, findings);
  const removals = await trustStore.untrust(previous);
  return { previous, isTrusted: true, report: await report(world, mergeReasons(findings, removals)) };
}

async function report(world: Doors, findings: readonly TrustFinding[]): Promise<CertificateReport> {
  const found = await (await world.machine()).inspectCertificate();
  return describeCertificates(found, findings, world.clock.now());
}

/** What was found when trusting, less what was taken out after that. */
function mergeReasons(findings: readonly TrustFinding[], removals: readonly TrustRemoval[]): TrustFinding[] {
  return findings.map((finding) => {
    const removal = removals.find(({ store }) => store === finding.store);
    return {
      ...finding,
      otherLeaves: Math.max(0, finding.otherLeaves - (removal?.removed ?? 0)),
      reason: finding.reason ?? removal?.reason ?? null,
    };
  });
}
