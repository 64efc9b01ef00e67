import type { ParseError } from "jsonc-parser";
import type { Config, ConfigLayer } from "../../core/config.ts";
import { QboError } from "../../core/errors.ts";
import { makePrintable } from "../../core/printable.ts";
import { findRepeatedKey, readOutsideTexts } from "./repeated-key.ts";
import { judgeConfig, type ConfigFault } from "./schema.ts";

/** Deeper than any configuration; the parser that finds lines goes down by recursion. */
const deepest = 20;

export interface ConfigSource {
  path: string;
  layer: ConfigLayer;
  text: string;
}

/**
 * Understands the text of a configuration file.
 * @throws CONFIG_INVALID naming file, line and key.
 */
export async function parseConfig(source: ConfigSource): Promise<Config> {
  const value = await parseJson(source);
  const judgement = judgeConfig(value, source.layer);
  if (judgement.kind === "valid") return judgement.config;
  const line = (await findNearestLine(source.text, judgement.key)) ?? 1;
  const hint = judgement.isSecret ? { hint: explainSecret(source, line) } : {};
  throw invalid(source, line, { problem: describeFault(judgement), ...hint });
}

/** A fault in half a sentence: the key, which may be hostile, and what is wrong with it. */
export function describeFault({ key, reason }: ConfigFault): string {
  return `${key.length === 0 ? "the content" : `"${makePrintable(key.join("."), 200)}"`} ${reason}`;
}

/** The line of a key, so that an editor can jump there; null when it is not there. */
export async function findKeyLine(text: string, key: readonly string[]): Promise<number | null> {
  if (findTooDeep(text) !== undefined) return null;
  const { findNodeAtLocation, parseTree } = await import("jsonc-parser");
  const root = parseTree(text);
  const node =
    root &&
    findNodeAtLocation(
      root,
      key.map((step) => (/^\d+$/.test(step) ? Number(step) : step)),
    );
  return node ? lineOf(text, (node.parent?.type === "property" ? node.parent : node).offset) : null;
}

/** A key that is missing is looked for at its nearest parent. */
async function findNearestLine(text: string, key: readonly string[]): Promise<number | null> {
  if (key.length === 0) return null;
  return (await findKeyLine(text, key)) ?? findNearestLine(text, key.slice(0, -1));
}

async function parseJson(source: ConfigSource): Promise<unknown> {
  const { text } = source;
  const tooDeep = findTooDeep(text);
  if (tooDeep !== undefined) throw invalid(source, lineOf(text, tooDeep), { problem: "it is nested too deeply" });
  try {
    const value: unknown = JSON.parse(text);
    const repeated = await findRepeatedKey(text, value);
    if (repeated !== undefined)
      throw invalid(source, lineOf(text, repeated.offset), {
        problem: `"${makePrintable(repeated.key, 200)}" stands there a second time`,
        hint: `Keep one of the two, so that it is clear which counts: ${makePrintable(source.path)}`,
      });
    return value;
  } catch (cause) {
    if (cause instanceof QboError) throw cause;
    const { parseTree, printParseErrorCode } = await import("jsonc-parser");
    const problems: ParseError[] = [];
    parseTree(text, problems, { allowTrailingComma: false, disallowComments: true });
    const [problem] = problems;
    const reason = problem
      ? printParseErrorCode(problem.error)
          .replace(/([a-z])([A-Z])/g, "$1 $2")
          .toLowerCase()
      : "broken";
    throw invalid(source, lineOf(text, problem?.offset ?? 0), { problem: `it is not valid JSON (${reason})`, cause });
  }
}

/** Where brackets open that no configuration needs; brackets within texts do not count. */
function findTooDeep(text: string): number | undefined {
  let depth = 0;
  for (const [index, character] of readOutsideTexts(text)) {
    if (character === "[" || character === "{") depth += 1;
    else if (character === "]" || character === "}") depth -= 1;
    if (depth > deepest) return index;
  }
  return undefined;
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

function explainSecret({ path }: ConfigSource, line: number): string {
  return (
    `Take line ${line} out of ${makePrintable(path)}, and make a new secret if others may have read it. ` +
    "A client secret is kept in the store: qbo app set --env <environment> --client-secret-stdin"
  );
}

interface Problem {
  problem: string;
  hint?: string;
  cause?: unknown;
}

function invalid({ path, layer }: ConfigSource, line: number, { problem, hint, cause }: Problem): QboError {
  const shown = makePrintable(path);
  const what = layer === "project" ? "project" : "configuration";
  return new QboError("CONFIG_INVALID", `The ${what} file ${shown} is wrong at line ${line}: ${problem}.`, {
    hint: hint ?? `Correct line ${line} of ${shown}. qbo help config lists every key.`,
    cause,
  });
}
