import { chmodSync, mkdirSync, realpathSync } from "node:fs";
import { dirname } from "node:path";
import type { ConfigLayer } from "../../core/config.ts";
import { QboError } from "../../core/errors.ts";
import { makePrintable } from "../../core/printable.ts";
import { replaceFile } from "../durable-file/durable-file.ts";
import { unless, withFileAsync } from "../durable-file/file-failure.ts";
import type { GuardedText } from "./guarded-text.ts";
import { describeFault, parseConfig } from "./parse-config.ts";
import { judgeConfig } from "./schema.ts";

export interface EditedFile {
  path: string;
  layer: ConfigLayer;
  found: GuardedText;
  /** Where the user's own file is, for the hint. */
  userPath: string;
}

/**
 * Changes one value; undefined removes it. The rest of the text stays as it was.
 * @throws CONFIG_INVALID when the file is faulty already, USAGE when the value would make it so, FILES_UNAVAILABLE.
 */
export async function editConfig(file: EditedFile, key: readonly string[], value: unknown): Promise<void> {
  const { path, layer, found, userPath } = file;
  if (found.kind === "distrusted")
    throw new QboError("FILES_UNAVAILABLE", `${makePrintable(path)} is not written: ${found.reason}.`, {
      hint: `Mend that first, or keep the setting in your own file: ${userPath}`,
    });
  const text = found.kind === "text" ? found.text : "{}\n";
  await parseConfig({ path, layer, text });
  const { applyEdits, findNodeAtLocation, modify, parseTree } = await import("jsonc-parser");
  const root = parseTree(text);
  if (value === undefined && !(root && findNodeAtLocation(root, [...key]))) return;
  const formattingOptions = { insertSpaces: true, tabSize: 2, insertFinalNewline: true };
  const changed = applyEdits(text, modify(text, [...key], value, { formattingOptions }));
  assertGood(changed, file);
  await write(file, changed.endsWith("\n") ? changed : `${changed}\n`);
}

function assertGood(text: string, { layer, userPath }: EditedFile): void {
  const value: unknown = JSON.parse(text);
  const judgement = judgeConfig(value, layer);
  if (judgement.kind === "valid") return;
  const own = layer === "project" ? ` Your own file may hold more: ${userPath}` : "";
  throw new QboError("USAGE", `The setting was not changed: ${describeFault(judgement)}.`, {
    hint: `qbo help config lists every key and its values.${own}`,
  });
}

/** The files of project and machine are for all to read, in a folder of the same kind; a link stays a link. */
async function write({ path, layer }: EditedFile, text: string): Promise<void> {
  await withFileAsync(path, async () => {
    const target = unless(["ENOENT"], () => realpathSync(path)) ?? path;
    if (layer === "system") mkdirSync(dirname(target), { recursive: true, mode: 0o755 });
    await replaceFile(target, text);
    if (layer !== "user") chmodSync(target, 0o644);
  });
}
