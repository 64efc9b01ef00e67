import { createHash } from "node:crypto";
import { join } from "node:path";
import { formatInstant, parseInstant } from "../core/instant.ts";
import type { UnfinishedRuns } from "../core/world.ts";
import { readIfPresent, removeIfPresent, replaceFile } from "./durable-file/durable-file.ts";
import { withFile, withFileAsync } from "./durable-file/file-failure.ts";

/** One small file per selection. Throws FILES_UNAVAILABLE. */
export function createUnfinishedRuns({ folder }: { folder: string }): UnfinishedRuns {
  const locate = (selection: string) =>
    join(folder, `${createHash("sha256").update(selection).digest("hex").slice(0, 16)}.json`);
  return {
    async read(selection) {
      const path = locate(selection);
      const text = withFile(path, () => readIfPresent(path));
      return text === undefined ? undefined : decode(text, selection);
    },
    async write(selection, startedAt) {
      const record = { version: 1, selection, startedAt: formatInstant(startedAt) };
      const path = locate(selection);
      await withFileAsync(path, () => replaceFile(path, `${JSON.stringify(record)}\n`));
    },
    async remove(selection) {
      const path = locate(selection);
      withFile(path, () => removeIfPresent(path));
    },
  };
}

function decode(text: string, selection: string): number | undefined {
  try {
    const record: { version?: unknown; selection?: unknown; startedAt?: unknown } = Object(JSON.parse(text));
    const isUsable = record.version === 1 && record.selection === selection;
    return isUsable && typeof record.startedAt === "string" ? parseInstant(record.startedAt) : undefined;
  } catch {
    // A damaged record costs no more than doing again what was done already.
    return undefined;
  }
}
