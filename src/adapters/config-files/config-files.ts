import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ParseError } from "jsonc-parser";
import type { ConfigFile, ConfigFiles } from "../../core/config.ts";
import { QboError } from "../../core/errors.ts";
import { makePrintable } from "../../core/printable.ts";
import { replaceFile, withFileAsync } from "../durable-file.ts";

/** The configuration files in `folder`; see `ConfigFiles`. */
export function createConfigFiles({ folder }: { folder: string }): ConfigFiles {
  const userPath = join(folder, "config.json");
  return {
    userPath,
    readUser: () => readConfig(userPath),
    async setUser(key, value) {
      await readConfig(userPath);
      const { applyEdits, findNodeAtLocation, modify, parseTree } = await import("jsonc-parser");
      const text = readText(userPath) ?? "{}\n";
      const root = parseTree(text);
      if (value === undefined && !(root && findNodeAtLocation(root, [...key]))) return;
      const formattingOptions = { insertSpaces: true, tabSize: 2, insertFinalNewline: true };
      const changed = applyEdits(text, modify(text, [...key], value, { formattingOptions }));
      await withFileAsync(userPath, () => replaceFile(userPath, changed.endsWith("\n") ? changed : `${changed}\n`));
    },
  };
}

async function readConfig(path: string): Promise<ConfigFile | undefined> {
  const text = readText(path);
  if (text === undefined) return undefined;
  const value = await parseJson(path, text);
  const { judgeConfig } = await import("./schema.ts");
  const judgement = judgeConfig(value);
  if (judgement.kind === "valid") return { path, config: judgement.config };
  const { line, key } = await locate(text, judgement.key);
  throw invalid(path, line, `${key === "" ? "the content" : `"${key}"`} ${judgement.reason}`);
}

async function parseJson(path: string, text: string): Promise<unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (cause) {
    const { parseTree, printParseErrorCode } = await import("jsonc-parser");
    const problems: ParseError[] = [];
    parseTree(text, problems, { allowTrailingComma: false, disallowComments: true });
    const [problem] = problems;
    const reason = problem
      ? printParseErrorCode(problem.error)
          .replace(/([a-z])([A-Z])/g, "$1 $2")
          .toLowerCase()
      : "broken";
    throw invalid(path, lineOf(text, problem?.offset ?? 0), `it is not valid JSON (${reason})`, cause);
  }
}

/** The line of a key, so that an editor can jump there; a key that is missing is looked for at its nearest parent. */
async function locate(text: string, path: readonly string[]): Promise<{ line: number; key: string }> {
  const { findNodeAtLocation, parseTree } = await import("jsonc-parser");
  const root = parseTree(text);
  const segments = path.map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  for (let length = segments.length; length > 0; length -= 1) {
    const node = root && findNodeAtLocation(root, segments.slice(0, length));
    if (node)
      return { line: lineOf(text, (node.parent?.type === "property" ? node.parent : node).offset), key: shown(path) };
  }
  return { line: 1, key: shown(path) };
}

function shown(path: readonly string[]): string {
  return makePrintable(path.join("."), 200);
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

function invalid(path: string, line: number, problem: string, cause?: unknown): QboError {
  return new QboError("CONFIG_INVALID", `The configuration file ${path} is wrong at line ${line}: ${problem}.`, {
    hint: `Correct line ${line} of ${path}. qbo help config lists every key.`,
    cause,
  });
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (hasErrno(cause, "ENOENT")) return undefined;
    throw new QboError("CONFIG_INVALID", `The configuration file ${path} cannot be read.`, {
      hint: `Check the owner and the permissions of ${path}.`,
      cause,
    });
  }
}

function hasErrno(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
