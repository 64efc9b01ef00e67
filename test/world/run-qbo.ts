import { parse } from "../../src/cli/parse.ts";
import { run } from "../../src/cli/run.ts";
import type { ErrorCode } from "../../src/core/errors.ts";
import type { TestWorld } from "./test-world.ts";

export type Json = Record<string, unknown>;

/** What one run of the program came to. */
export interface Outcome {
  exitCode: number;
  stdout: string;
  stderr: string;
  /** The JSON document on stdout. */
  json<T = Json>(): T;
  /** The error on the last line of stderr, as --json writes it. */
  error(): {
    code: ErrorCode;
    message: string;
    hint: string | null;
    exitCode: number;
    connection: string | null;
  } & Json;
}

/** The whole program, from its arguments to its exit code; nothing is a terminal. */
export async function runQbo(argv: readonly string[], world: TestWorld): Promise<Outcome> {
  const [stdout, stderr]: [string[], string[]] = [[], []];
  const tell = (text: string) => void stderr.push(text);
  const exitCode = await run(argv, {
    version: "1.2.3",
    env: world.env,
    stdout: { write: (text) => stdout.push(text) },
    stderr: { write: tell },
    now: () => world.clock.now(),
    parse,
    openWorld: (globals) => world.open(globals, tell),
  });
  return describeOutcome(exitCode, stdout.join(""), stderr.join(""));
}

function describeOutcome(exitCode: number, stdout: string, stderr: string): Outcome {
  const read = (text: string) => {
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new Error(`No JSON: ${text}\nexit ${exitCode}, stderr: ${stderr}`, { cause });
    }
  };
  return {
    exitCode,
    stdout,
    stderr,
    json: () => read(stdout),
    error: () => read(stderr.trimEnd().split("\n").at(-1) ?? "").error,
  };
}
