import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { createSecureContext } from "node:tls";
import type { OwnCertificateFiles, ServerCertificate } from "../../core/certificates.ts";
import { QboError } from "../../core/errors.ts";
import { formatInstant, type Instant } from "../../core/instant.ts";
import { makePrintable } from "../../core/printable.ts";

export interface OwnCertificateUse {
  /** What the browser asks for: the redirect URI's host. */
  hostname: string;
  now: Instant;
}

/**
 * The user's own certificate with its key. Whatever a browser, or this server, would stumble over is told here, before a person is sent
 * anywhere. Who signed it is not judged: the user knows which authorities the browser trusts. Throws CERTIFICATE_UNUSABLE.
 */
export async function readOwnCertificate(
  { certificateFile, keyFile }: OwnCertificateFiles,
  { hostname, now }: OwnCertificateUse,
): Promise<ServerCertificate> {
  const certificatePem = await readText(certificateFile);
  const chain = readChain(certificatePem, certificateFile);
  const keyPem = await readText(keyFile);
  const key = readKey(keyPem, keyFile);
  const [leaf] = chain;
  assertPair(chain, key, { certificateFile, keyFile });
  assertCovers(leaf, hostname, certificateFile);
  assertInTime(leaf, now, certificateFile);
  const pair = { certificatePem: chain.map((each) => each.toString()).join(""), keyPem };
  assertServable(pair, certificateFile);
  return { ...pair, fingerprint: leaf.fingerprint256, expiresAt: Date.parse(leaf.validTo) };
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
    const reasons: Record<string, string> = {
      ENOENT: "there is no such file",
      EACCES: "permission is denied",
      EISDIR: "it is a folder",
    };
    throw refuse(
      `${show(file)} cannot be read: ${reasons[code] ?? code}.`,
      "Check the path and its permissions.",
      cause,
    );
  }
}

type Chain = [leaf: X509Certificate, ...intermediates: X509Certificate[]];

function readChain(pem: string, file: string): Chain {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    const [leaf, ...intermediates] = blocks.map((block) => new X509Certificate(block));
    if (leaf) return [leaf, ...intermediates];
  } catch (cause) {
    throw refuse(`A certificate in ${show(file)} is damaged.`, "Copy the file anew from where it was made.", cause);
  }
  throw refuse(
    `${show(file)} holds no certificate.`,
    "--tls-cert takes PEM text with the line -----BEGIN CERTIFICATE-----. To make it of a binary file: openssl x509 -inform der -in FILE -out cert.pem",
  );
}

function readKey(pem: string, file: string): KeyObject {
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED/.test(pem))
    throw refuse(
      `The key in ${show(file)} is encrypted.`,
      `Write it without its passphrase: openssl pkey -in ${show(file)} -out key.pem`,
    );
  if (!/-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/.test(pem))
    throw refuse(
      `${show(file)} holds no private key.`,
      "--tls-key takes PEM text with the line -----BEGIN PRIVATE KEY-----; it came with the certificate, or was made before it.",
    );
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw refuse(`The key in ${show(file)} is damaged.`, "Copy the file anew from where it was made.", cause);
  }
}

function assertPair([leaf, ...others]: Chain, key: KeyObject, { certificateFile, keyFile }: OwnCertificateFiles): void {
  if (leaf.checkPrivateKey(key)) return;
  if (others.some((other) => other.checkPrivateKey(key)))
    throw refuse(
      `The certificate of the key is not the first in ${show(certificateFile)}.`,
      "Put the leaf first and the intermediates after it.",
    );
  throw refuse(
    `The key in ${show(keyFile)} does not belong to the certificate in ${show(certificateFile)}.`,
    "Give the two files that were made together.",
  );
}

/** Whether the certificate in a file is for that name. Throws CERTIFICATE_UNUSABLE when it cannot be read. */
export async function coversName(file: string, hostname: string): Promise<boolean> {
  const [leaf] = readChain(await readText(file), file);
  return covers(leaf, hostname);
}

/** Only the alternative names count, never the common name (RFC 9525, section 2). */
function covers(leaf: X509Certificate, hostname: string): boolean {
  const bare = hostname.replace(/^\[|\]$/g, "");
  return (isIP(bare) ? leaf.checkIP(bare) : leaf.checkHost(bare, { subject: "never" })) !== undefined;
}

function assertCovers(leaf: X509Certificate, hostname: string, file: string): void {
  if (covers(leaf, hostname)) return;
  const names = leaf.subjectAltName === undefined ? "no names" : makePrintable(leaf.subjectAltName, 200);
  throw refuse(
    `The certificate in ${show(file)} is not for ${hostname}, the name in the redirect URI: it covers ${names}.`,
    `Get one whose alternative names hold ${hostname}, or register a redirect URI with a name that it covers.`,
  );
}

function assertInTime(leaf: X509Certificate, now: Instant, file: string): void {
  const [from, to] = [Date.parse(leaf.validFrom), Date.parse(leaf.validTo)];
  if (to <= now)
    throw refuse(`The certificate in ${show(file)} expired on ${formatInstant(to)}.`, "Renew it where it came from.");
  if (from > now)
    throw refuse(
      `The certificate in ${show(file)} is not valid before ${formatInstant(from)}.`,
      "Look at this machine's clock, or wait until then.",
    );
}

/** What OpenSSL finds besides, such as a key that is too short. */
function assertServable(
  { certificatePem, keyPem }: Pick<ServerCertificate, "certificatePem" | "keyPem">,
  file: string,
): void {
  try {
    createSecureContext({ cert: certificatePem, key: keyPem });
  } catch (cause) {
    const reason = cause instanceof Error ? makePrintable(cause.message, 120) : "no reason given";
    throw refuse(
      `The certificate in ${show(file)} cannot be used for TLS: ${reason}.`,
      "Get one with an RSA key of 2048 bits or more, or with an EC key.",
      cause,
    );
  }
}

function show(file: string): string {
  return makePrintable(file, 200);
}

function refuse(message: string, hint: string, cause?: unknown): QboError {
  return new QboError("CERTIFICATE_UNUSABLE", message, { hint, cause });
}
