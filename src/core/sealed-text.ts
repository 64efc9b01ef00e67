import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

/** By what a text is sealed. */
export interface Seal {
  /** What only the right reader knows. It must be long and random: it is not stretched. */
  key: string;
  /** What the text is for: under another purpose the same key opens nothing. */
  purpose: string;
}

/** Seals `text` (AES-256-GCM, a key of its own by HKDF) so that only whoever holds the seal's key can open it. */
export function sealText(text: string, seal: Seal): string {
  const salt = randomBytes(16);
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", deriveKey(seal, salt), nonce);
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
  const [saltText, nonceText, sealedText] = [salt, nonce, sealed].map((bytes) => bytes.toString("base64"));
  return `${JSON.stringify({ version: 1, salt: saltText, nonce: nonceText, sealed: sealedText })}\n`;
}

/** Opens what `sealText` sealed; `undefined` when it was sealed by another key or for another purpose, or is damaged. */
export function openText(sealed: string, seal: Seal): string | undefined {
  try {
    const record: unknown = JSON.parse(sealed);
    const { salt, nonce, sealed: bytes } = readParts(record);
    const decipher = createDecipheriv("aes-256-gcm", deriveKey(seal, salt), nonce);
    decipher.setAuthTag(bytes.subarray(-16));
    return Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString("utf8");
  } catch {
    // A key that does not fit and a damaged text look alike to authenticated encryption; neither is of use.
    return undefined;
  }
}

function deriveKey({ key, purpose }: Seal, salt: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", key, salt, purpose, 32));
}

function readParts(record: unknown): { salt: Buffer; nonce: Buffer; sealed: Buffer } {
  if (typeof record !== "object" || record === null) throw new TypeError("not a sealed record");
  const part = (key: string) => Buffer.from(String(Reflect.get(record, key)), "base64");
  return { salt: part("salt"), nonce: part("nonce"), sealed: part("sealed") };
}
