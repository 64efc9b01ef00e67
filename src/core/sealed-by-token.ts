import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { Secret } from "./secret.ts";

const info = "qbo rescued tokens, version 1";

/** Seals `text` (AES-256-GCM) so that only whoever holds `token` can open it. */
export function sealByToken(text: Secret, token: Secret): string {
  const salt = randomBytes(16);
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", deriveKey(token, salt), nonce);
  const sealed = Buffer.concat([cipher.update(text.reveal(), "utf8"), cipher.final(), cipher.getAuthTag()]);
  const [saltText, nonceText, sealedText] = [salt, nonce, sealed].map((bytes) => bytes.toString("base64"));
  return `${JSON.stringify({ version: 1, salt: saltText, nonce: nonceText, sealed: sealedText })}\n`;
}

/** Opens what `sealByToken` sealed; `undefined` when it was sealed by another token, or is damaged. */
export function openByToken(sealed: string, token: Secret): Secret | undefined {
  try {
    const record: unknown = JSON.parse(sealed);
    const { salt, nonce, sealed: bytes } = readParts(record);
    const decipher = createDecipheriv("aes-256-gcm", deriveKey(token, salt), nonce);
    decipher.setAuthTag(bytes.subarray(-16));
    return new Secret(Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString("utf8"));
  } catch {
    // A token that does not fit and a damaged file look alike to authenticated encryption; neither is of use.
    return undefined;
  }
}

function deriveKey(token: Secret, salt: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", token.reveal(), salt, info, 32));
}

function readParts(record: unknown): { salt: Buffer; nonce: Buffer; sealed: Buffer } {
  if (typeof record !== "object" || record === null) throw new TypeError("not a sealed record");
  const part = (key: string) => Buffer.from(String(Reflect.get(record, key)), "base64");
  return { salt: part("salt"), nonce: part("nonce"), sealed: part("sealed") };
}
