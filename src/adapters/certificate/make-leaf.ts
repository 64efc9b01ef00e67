import { KeyObject, randomBytes, webcrypto } from "node:crypto";
import { day, minute, second } from "../../core/instant.ts";
import type { Instant } from "../../core/instant.ts";

/** Lifetime in milliseconds: browsers refuse leaves that are valid for more than 398 days. */
const lifetime = 397 * day;
/** How far a clock may be behind ours and still find the leaf valid. */
const backdating = 5 * minute;

const signing = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/**
 * A new key (PKCS #8) followed by its self-signed certificate, in PEM. It can prove that a server is one of `names`
 * and nothing else: no authority, no other purpose (RFC 5280, sections 4.2.1.3, 4.2.1.9 and 4.2.1.12).
 */
export async function makeLeaf(
  names: { dns: readonly string[]; ip: readonly string[] },
  now: Instant,
): Promise<string> {
  await import("reflect-metadata");
  const x509 = await import("@peculiar/x509");
  const keys = await webcrypto.subtle.generateKey(signing, true, ["sign", "verify"]);
  const notBefore = Math.floor((now - backdating) / second) * second;
  const serialNumber = makeSerialNumber();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber,
      // A subject of its own: asked for one certificate, NSS answers with all that share its subject.
      name: `CN=qbo on this machine, OU=${serialNumber.slice(0, 12)}`,
      notBefore: new Date(notBefore),
      notAfter: new Date(notBefore + lifetime),
      signingAlgorithm: signing,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension([
          ...names.dns.map((value) => ({ type: "dns", value }) as const),
          ...names.ip.map((value) => ({ type: "ip", value }) as const),
        ]),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  const key = KeyObject.from(keys.privateKey).export({ type: "pkcs8", format: "pem" });
  return `${String(key)}${certificate.toString("pem")}\n`;
}

/** 127 random bits: positive and without leading zeros, as RFC 5280, section 4.1.2.2 wants it. */
function makeSerialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes.readUInt8(0) & 0x3f) | 0x40;
  return bytes.toString("hex");
}
