import { join } from "node:path";
import type { TrustRecord } from "../../core/certificates.ts";
import { readIfPresent, removeIfPresent, replaceFile } from "../durable-file/durable-file.ts";
import { withFile, withFileAsync } from "../durable-file/file-failure.ts";

const version = 1;

/**
 * The note about the trusted leaf that lies in `folder`. One that cannot be understood counts as none: it only spares looking into the
 * stores, and `qbo certs status` writes it anew. Throws FILES_UNAVAILABLE.
 */
export function readTrustRecord(folder: string): TrustRecord | undefined {
  const path = locate(folder);
  const text = withFile(path, () => readIfPresent(path));
  return text === undefined ? undefined : parseTrustRecord(text);
}

/** Notes which leaf is trusted, or takes the note away. Throws FILES_UNAVAILABLE. */
export async function writeTrustRecord(folder: string, record: TrustRecord | undefined): Promise<void> {
  const path = locate(folder);
  if (record === undefined) withFile(path, () => removeIfPresent(path));
  else await withFileAsync(path, async () => replaceFile(path, `${JSON.stringify({ version, ...record })}\n`));
}

function parseTrustRecord(text: string): TrustRecord | undefined {
  const fields = parseObject(text);
  const { fingerprint, stores } = fields;
  const isKnown = fields["version"] === version && typeof fingerprint === "string" && Array.isArray(stores);
  if (!isKnown) return undefined;
  return { fingerprint, stores: stores.filter((store): store is string => typeof store === "string") };
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function locate(folder: string): string {
  return join(folder, "trusted.json");
}
