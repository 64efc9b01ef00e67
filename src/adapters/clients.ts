import { createHash } from "node:crypto";
import { join } from "node:path";
import { QboError } from "../core/errors.ts";
import type { ClientFacts, ClientRegistry } from "../core/client-registry.ts";
import { readIfPresent, removeIfPresent, replaceFile } from "./durable-file/durable-file.ts";
import { withFile, withFileAsync } from "./durable-file/file-failure.ts";

/** Which store holds each client's secret, one small file per client ID. Throws FILES_UNAVAILABLE, STORE_CORRUPT. */
export function createClientRegistry({ folder }: { folder: string }): ClientRegistry {
  const locate = (clientId: string) =>
    join(folder, `${createHash("sha256").update(clientId).digest("hex").slice(0, 32)}.json`);
  return {
    async read(clientId) {
      const path = locate(clientId);
      const text = withFile(path, () => readIfPresent(path));
      return text === undefined ? undefined : decode(text, path);
    },
    async write(facts) {
      const path = locate(facts.clientId);
      await withFileAsync(path, () => replaceFile(path, `${JSON.stringify({ version: 1, ...facts }, undefined, 2)}\n`));
    },
    async remove(clientId) {
      const path = locate(clientId);
      withFile(path, () => removeIfPresent(path));
    },
  };
}

function decode(text: string, path: string): ClientFacts {
  const { version, clientId, store, alsoIn } = parse(text);
  if (version === 1 && typeof clientId === "string" && typeof store === "string")
    return { clientId, store, ...(typeof alsoIn === "string" ? { alsoIn } : {}) };
  throw new QboError("STORE_CORRUPT", `The record ${path} cannot be used.`, {
    hint: "Remove the file and give the client secret again: qbo app set --env <environment> --client-secret-stdin",
  });
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    // What is not JSON is judged like a record without any content: unusable.
    return {};
  }
}
