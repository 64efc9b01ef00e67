import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { formatInstant } from "../../core/instant.ts";
import { readObject, type Fields } from "../../core/record-fields.ts";
import type { UpdateLook, Updates } from "../../core/updates.ts";
import { readIfPresent, replaceFile } from "../durable-file/durable-file.ts";
import { unless, withFile, withFileAsync } from "../durable-file/file-failure.ts";
import { newestVersionAddress } from "./registry.ts";
import { startLook, type LookCommand } from "./start-look.ts";

export interface UpdatesOptions {
  /** The state folder; it is not made for this. */
  folder: string;
  /** How this program is started so that it looks and does nothing else. */
  lookCommand: LookCommand;
  env: NodeJS.ProcessEnv;
  address?: string;
}

/** Looks are kept in `update.json`. */
export function createUpdates({ folder, lookCommand, env, address = newestVersionAddress }: UpdatesOptions): Updates {
  const path = join(folder, "update.json");
  return {
    address,
    readLook: () => readObject(withFile(path, () => readIfPresent(path)) ?? "", readFields),
    async writeLook({ at, newest }) {
      const text = `${JSON.stringify({ at: formatInstant(at), newest })}\n`;
      await withFileAsync(path, () => replaceFile(path, text));
    },
    lookInBackground() {
      if (canWrite(folder)) startLook(lookCommand, { env, folder });
    },
  };
}

/** Otherwise every run would look anew. */
function canWrite(folder: string): boolean {
  const numbers = ["ENOENT", "ENOTDIR", "EACCES", "EPERM", "EROFS"];
  return unless(numbers, () => (accessSync(folder, constants.W_OK), true)) ?? false;
}

function readFields(fields: Fields): UpdateLook {
  return { at: fields.instant("at"), newest: fields.optionalText("newest") };
}
