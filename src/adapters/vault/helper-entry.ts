import { createHash } from "node:crypto";
import { Secret } from "../../core/secret.ts";

/** Helpers file secrets under URLs; this one leads nowhere. */
const origin = "https://qbo-cli.local/";
const username = "qbo-cli";
const mark = "qbo1";

/** A key as a URL that helpers take: nothing in it is encoded, decoded, shortened or joined by anybody on the way. */
export function toServerUrl(key: string): string {
  const path = key.replace(/[^a-zA-Z0-9._/-]|(?<=^|\/)\./g, (character) => `~${character.charCodeAt(0).toString(16)}`);
  return `${origin}${path}`;
}

/**
 * What `store` takes. The value goes as base64, since helpers trim and re-encode. It names its key, since some look up loosely, and the
 * write that it comes from, so that what is read back can be told from what was there before.
 */
export function encodeEntry(key: string, value: Secret, write: string): string {
  const secret = [mark, fingerprintKey(key), write, Buffer.from(value.reveal()).toString("base64")].join(".");
  return JSON.stringify({ ServerURL: toServerUrl(key), Username: username, Secret: secret });
}

export type DecodedEntry =
  | { kind: "value"; value: Secret; write: string }
  | { kind: "garbage" }
  | { kind: "empty" }
  | { kind: "foreign" }
  | { kind: "other-key" };

/** What `get` answered: garbage when it is not the protocol, empty when it is no secret (some say so while they are locked), foreign when the secret in it is none of ours. */
export function decodeEntry(key: string, answer: string): DecodedEntry {
  const entry = parseJson(answer);
  if (typeof entry !== "object" || entry === null || !("Secret" in entry) || typeof entry.Secret !== "string")
    return { kind: "garbage" };
  if (entry.Secret.trim() === "") return { kind: "empty" };
  const [, found, write, encoded] =
    /^qbo1\.([0-9a-f]{16})\.([0-9a-f]{16})\.([A-Za-z0-9+/]+={0,2})$/.exec(entry.Secret.trim()) ?? [];
  if (found === undefined || write === undefined || encoded === undefined) return { kind: "foreign" };
  if (found !== fingerprintKey(key)) return { kind: "other-key" };
  return { kind: "value", value: new Secret(Buffer.from(encoded, "base64").toString("utf8")), write };
}

function fingerprintKey(key: string): string {
  return createHash("sha256").update(key).digest("hex").slice(0, 16);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message could quote the secret.
    return undefined;
  }
}
