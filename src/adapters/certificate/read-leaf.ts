import { X509Certificate, createPrivateKey } from "node:crypto";
import type { ServerCertificate } from "../../core/certificates.ts";

/** The names that a leaf carries: how a browser can address this machine's loopback interface. */
export const loopbackNames = { dns: ["localhost"], ip: ["127.0.0.1", "::1"] } as const;

/**
 * The leaf in a PEM text that holds a key and its certificate. `undefined` when it cannot serve: it is damaged, the
 * key belongs to another certificate, a loopback name is missing, or it is an authority.
 */
export function parseLeaf(pem: string): ServerCertificate | undefined {
  const certificatePem = findBlock(pem, "CERTIFICATE");
  const keyPem = findBlock(pem, "PRIVATE KEY");
  if (certificatePem === undefined || keyPem === undefined) return undefined;
  try {
    const certificate = new X509Certificate(certificatePem);
    if (certificate.ca || !certificate.checkPrivateKey(createPrivateKey(keyPem))) return undefined;
    if (!loopbackNames.dns.every((name) => certificate.checkHost(name) !== undefined)) return undefined;
    if (!loopbackNames.ip.every((address) => certificate.checkIP(address) !== undefined)) return undefined;
    const expiresAt = Date.parse(certificate.validTo);
    return { certificatePem, keyPem, fingerprint: certificate.fingerprint256, expiresAt };
  } catch {
    // Node tells unreadable PEM and DER only by throwing: the file was read, and what it holds is no leaf.
    return undefined;
  }
}

/** The first block of a PEM text (RFC 7468) with this label, with a final newline; `undefined` when there is none. */
export function findBlock(pem: string, label: "CERTIFICATE" | "PRIVATE KEY"): string | undefined {
  const block = new RegExp(`-----BEGIN ${label}-----[^-]+-----END ${label}-----`).exec(pem)?.[0];
  return block === undefined ? undefined : `${block}\n`;
}
