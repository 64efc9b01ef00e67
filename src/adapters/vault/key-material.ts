import { hkdfSync, randomBytes, scrypt } from "node:crypto";
import { QboError } from "../../core/errors.ts";
import type { Secret } from "../../core/secret.ts";

/** A key that seals records, and the name by which a record says which key that was. */
export interface SealingKey {
  /** 8 hex digits, derived from the key; tells nothing about it. */
  id: string;
  /** 32 bytes, for AES-256. */
  bytes: Buffer;
}

const keyBytes = 32;
const fewestPassphraseCharacters = 12;
/** scrypt with 128 MiB of memory: RFC 7914, with the N that OWASP's password storage page gives for interactive use. */
const stretching = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 };

/** A new key for QBO_STORE_KEY: 32 random bytes as base64. */
export function generateStoreKey(): string {
  return randomBytes(keyBytes).toString("base64");
}

/** The sealing key that follows from 32 random bytes (HKDF-SHA256, RFC 5869), apart from the name that is shown of it. */
export function deriveSealingKey(material: Buffer): SealingKey {
  const expand = (purpose: string, length: number) => Buffer.from(hkdfSync("sha256", material, "", purpose, length));
  return { id: expand("qbo-cli key id 1", 4).toString("hex"), bytes: expand("qbo-cli sealing key 1", keyBytes) };
}

/** The 32 bytes that `text` is in base64, base64url or hex; `undefined` for anything else. */
export function decodeStoreKey(text: string): Buffer | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, "hex");
  if (/^[\w+/-]{43}=?$/.test(text)) return Buffer.from(text, "base64");
  return undefined;
}

/**
 * What the value of QBO_STORE_KEY asks for: a key as it is, or a passphrase that still has to be stretched.
 * `what` names it in a message. Throws CONFIG_INVALID for a passphrase of fewer than 12 characters.
 */
export function readStoreKey(storeKey: Secret, what = "QBO_STORE_KEY"): { material: Buffer } | { passphrase: string } {
  const text = storeKey.reveal().trim();
  const material = decodeStoreKey(text);
  if (material !== undefined) return { material };
  const passphrase = text.normalize("NFC");
  if (passphrase.length >= fewestPassphraseCharacters) return { passphrase };
  throw new QboError(
    "CONFIG_INVALID",
    `${what} is neither a key nor a passphrase of at least ${fewestPassphraseCharacters} characters.`,
    { hint: "Make a key with `qbo store keygen`." },
  );
}

/** 32 bytes from a passphrase, in about half a second on purpose. */
export function stretchPassphrase(passphrase: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(passphrase, salt, keyBytes, stretching, (error, material) => {
      if (error === null) resolve(material);
      else reject(error);
    });
  });
}
