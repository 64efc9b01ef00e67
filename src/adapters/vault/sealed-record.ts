import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { QboError } from "../../core/errors.ts";
import { Secret } from "../../core/secret.ts";
import type { SealingKey } from "./key-material.ts";

/** What one of the store's files holds. */
export interface SealedRecord {
  version: 1;
  /** `SealingKey.id` of the key it was sealed with. */
  key: string;
  /** 96 random bits, base64. */
  nonce: string;
  /** AES-256-GCM: the ciphertext, then the tag of 16 bytes, base64. */
  sealed: string;
}

const cipher = "aes-256-gcm";
const nonceBytes = 12;
const tagBytes = 16;

/** Seals `value` for `name` (the vault's key): under another name, another version or another key it does not open. */
export function sealRecord(key: SealingKey, name: string, value: Secret): string {
  const nonce = randomBytes(nonceBytes);
  const sealing = createCipheriv(cipher, key.bytes, nonce).setAAD(describeContext(key.id, name));
  const sealed = Buffer.concat([sealing.update(value.reveal(), "utf8"), sealing.final(), sealing.getAuthTag()]);
  const record: SealedRecord = {
    version: 1,
    key: key.id,
    nonce: nonce.toString("base64"),
    sealed: sealed.toString("base64"),
  };
  return `${JSON.stringify(record)}\n`;
}

/** Opens a record; `undefined` when it was changed, or belongs to another name. The key must be the one it names. */
export function openRecord(key: SealingKey, name: string, record: SealedRecord): Secret | undefined {
  const nonce = Buffer.from(record.nonce, "base64");
  const sealed = Buffer.from(record.sealed, "base64");
  if (nonce.length !== nonceBytes || sealed.length <= tagBytes) return undefined;
  const opening = createDecipheriv(cipher, key.bytes, nonce, { authTagLength: tagBytes });
  opening.setAAD(describeContext(key.id, name)).setAuthTag(sealed.subarray(-tagBytes));
  try {
    const opened = Buffer.concat([opening.update(sealed.subarray(0, -tagBytes)), opening.final()]);
    return new Secret(opened.toString("utf8"));
  } catch {
    // Node.js has no other error for a tag that does not fit.
    return undefined;
  }
}

/** Reads the text of the file at `path`. Throws STORE_CORRUPT when it is damaged or of a newer version. */
export function parseSealedRecord(text: string, path: string): SealedRecord {
  const record = parseVersioned(text, path);
  const { key, nonce, sealed } = record;
  if (typeof key !== "string" || !/^[0-9a-f]{8}$/.test(key)) throw damaged(path);
  if (typeof nonce !== "string" || typeof sealed !== "string") throw damaged(path);
  return { version: 1, key, nonce, sealed };
}

/** The object of version 1 that `text` is. Throws STORE_CORRUPT when it is none, or of a newer version. */
export function parseVersioned(text: string, path: string): Partial<Record<string, unknown>> {
  const value = parseJson(text);
  if (typeof value !== "object" || value === null || !("version" in value)) throw damaged(path);
  if (typeof value.version === "number" && value.version > 1) {
    throw new QboError("STORE_CORRUPT", `The store's ${path} was written by a newer qbo.`, {
      hint: "Update qbo on this machine, then repeat the command.",
    });
  }
  if (value.version !== 1) throw damaged(path);
  return { ...value };
}

/** STORE_CORRUPT for a file that is not as qbo wrote it. */
export function damaged(path: string): QboError {
  return new QboError("STORE_CORRUPT", `The store's ${path} is damaged.`, {
    hint: "Put it back from a backup, or sign in again with `qbo login <connection>`; `qbo status` lists the connections.",
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The caller says which file it was; the parser's message could quote what is in it.
    return undefined;
  }
}

function describeContext(keyId: string, name: string): Buffer {
  return Buffer.from(JSON.stringify(["qbo-cli sealed record", 1, keyId, name]));
}
