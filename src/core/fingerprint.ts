import { createHash } from "node:crypto";
import type { Secret } from "./secret.ts";

/**
 * The first 12 hex digits of a token's SHA-256. Tokens are random and long, so this reveals nothing, and two machines
 * can compare what they hold.
 */
export function fingerprint(token: Secret): string {
  return createHash("sha256").update(token.reveal()).digest("hex").slice(0, 12);
}
