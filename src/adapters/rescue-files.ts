import { createHash } from "node:crypto";
import { join } from "node:path";
import type { ConnectionId } from "../core/connection.ts";
import type { RescueFiles } from "../core/world.ts";
import { readIfPresent, removeIfPresent, replaceFile } from "./durable-file/durable-file.ts";
import { withFile, withFileAsync } from "./durable-file/file-failure.ts";

/** The second place for sealed tokens: one file per connection, 0600. Throws FILES_UNAVAILABLE. */
export function createRescueFiles({ folder }: { folder: string }): RescueFiles {
  const locate = (id: ConnectionId) =>
    join(folder, `${createHash("sha256").update(id).digest("hex").slice(0, 32)}.json`);
  return {
    async write(id, sealed) {
      const path = locate(id);
      await withFileAsync(path, () => replaceFile(path, sealed));
      return path;
    },
    async read(id) {
      const path = locate(id);
      return withFile(path, () => readIfPresent(path));
    },
    async remove(id) {
      const path = locate(id);
      withFile(path, () => removeIfPresent(path));
    },
  };
}
