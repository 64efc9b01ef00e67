import { X509Certificate } from "node:crypto";
import { QboError } from "../../core/errors.ts";

/** The name in every leaf that qbo makes. */
export const leafName = "qbo on this machine";

/** A leaf of qbo as one trust store holds it. */
interface TrustEntry {
  certificate: X509Certificate;
  /** Whether browsers that use this store trust it. */
  isTrusted: boolean;
  /** What the store calls it. */
  key: string;
}

/** One trust store, reached through its platform's own tool. Throws CERTIFICATE_UNUSABLE when it does not answer. */
export interface TrustPlace {
  readonly store: string;
  /** The leaves of qbo in it, and no other certificate. */
  list(): Promise<TrustEntry[]>;
  /** Adds the leaf as trusted for servers. */
  add(certificate: X509Certificate): Promise<void>;
  remove(entry: TrustEntry): Promise<void>;
}

/** Whether qbo made it: a leaf for this machine's loopback names, signed by itself. Stores hold much that is none of our business. */
export function isLeafOfQbo(certificate: X509Certificate): boolean {
  return (
    certificate.subject.split("\n").includes(`CN=${leafName}`) &&
    certificate.issuer === certificate.subject &&
    !certificate.ca &&
    certificate.checkHost("localhost", { subject: "never" }) !== undefined
  );
}

/** All certificates in a PEM text; what cannot be read as one is no leaf of ours. */
export function readCertificates(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.flatMap((block) => readCertificate(block) ?? []);
}

/** The certificate in PEM or DER; `undefined` when it cannot be read as one. */
export function readCertificate(bytes: string | Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(bytes);
  } catch {
    // Node tells unreadable certificates only by throwing, and a store may hold some.
    return undefined;
  }
}

/** A SHA-256 fingerprint in the way that file names and command lines like it. */
export function plainHex(fingerprint: string): string {
  return fingerprint.replaceAll(":", "").toLowerCase();
}

/** CERTIFICATE_UNUSABLE, as every failure of a trust store is told. */
export function unusable(message: string, hint: string, cause?: unknown): QboError {
  return new QboError("CERTIFICATE_UNUSABLE", message, { hint, cause });
}
