import { parse } from "../../src/cli/parse.ts";
import { run } from "../../src/cli/run.ts";
import type { ErrorCode } from "../../src/core/errors.ts";
import type { TestWorld } from "./test-world.ts";

export type Json = Record<string, unknown>;

/** An error as --json writes it. */
export type ToldError = {
  code: ErrorCode;
  message: string;
  hint: string | null;
  exitCode: number;
  connection: string | null;
} & Json;

/** What one run of the program came to. */
export class Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;

  constructor(exitCode: number, stdout: string, stderr: string) {
    this.exitCode = exitCode;
    this.stdout = stdout;
    this.stderr = stderr;
  }

  /** The JSON document on stdout. */
  json<T = Json>(): T {
    const document: T = this.#parse(this.stdout);
    return document;
  }

  /** The error on the last line of stderr, as --json writes it. */
  error(): ToldError {
    const { error }: { error: ToldError } = this.#parse(this.stderr.trimEnd().split("\n").at(-1) ?? "");
    return error;
  }

  #parse<T>(text: string): T {
    try {
      const value: T = JSON.parse(text);
      return value;
    } catch (cause) {
      throw new Error(`No JSON: ${text}\nexit ${this.exitCode}, stderr: ${this.stderr}`, { cause });
    }
  }
}

/** The whole program, from its arguments to its exit code; nothing is a terminal. */
export async function runQbo(argv: readonly string[], world: TestWorld): Promise<Outcome> {
  const [stdout, stderr]: [string[], string[]] = [[], []];
  const tell = (text: string) => void stderr.push(text);
  const exitCode = await run(argv, {
    version: "1.2.3",
    env: world.env,
    stdout: { write: (text) => stdout.push(typeof text === "string" ? text : Buffer.from(text).toString("latin1")) },
    stderr: { write: (text) => tell(text.toString()) },
    now: () => world.clock.now(),
    parse,
    openWorld: (globals) => world.open(globals, tell),
  });
  return new Outcome(exitCode, stdout.join(""), stderr.join(""));
}
