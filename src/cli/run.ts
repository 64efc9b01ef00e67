import type { ExitCode } from "../core/errors.ts";
import { QboError } from "../core/errors.ts";
import { redact } from "../core/redaction.ts";
import { wrapLines } from "../core/wrap-lines.ts";
import type { World } from "../core/world.ts";
import type { Answer, Output, Style } from "../commands/kit/command.ts";
import { readGlobals, type Globals } from "./globals.ts";
import type { Invocation } from "./invocation.ts";
import { stringifyInParts } from "./json-parts.ts";
import { widestPage } from "./layout.ts";
import { formatErrorJson, formatErrorText, toUserError } from "./report.ts";
import { openScreen } from "./screen.ts";
import { createStyle } from "./style.ts";
import { judgeTerminal } from "./terminal.ts";
import { assertTlsIsChecked } from "./tls-check.ts";

/** An output as far as the program needs one. */
export interface TextStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string | Uint8Array): unknown;
  /** Resolves when all that was written has left. Throws FILES_UNAVAILABLE when it could not: the disk is full, say. */
  settle?(): Promise<void>;
}

/** Where the program runs. */
export interface Host {
  version: string;
  env: Readonly<Record<string, string | undefined>>;
  stdout: TextStream;
  stderr: TextStream;
  now(): number;
  /** Understands the command line. Throws USAGE. */
  parse(argv: readonly string[], version: string): Promise<Invocation>;
  /** Opens the doors, as the global options say. Throws CONFIG_INVALID. */
  openWorld(globals: Globals): World;
  /** Called when the answer has left, for what is no part of it. */
  afterAnswer?(this: void, done: Done): Promise<void>;
}

/** A command that has answered. */
export interface Done {
  world: World;
  /** Its name. */
  command: string;
  globals: Globals;
  host: Host;
}

/** The whole program: understands the command line, runs the command, renders the answer or the error. */
export async function run(argv: readonly string[], host: Host): Promise<number> {
  const globals = readGlobals(argv, host.env);
  try {
    const invocation = await host.parse(argv, host.version);
    if (invocation.kind === "text") {
      const { isTerminal, columns } = judgeTerminal(host.stdout, { env: host.env, color: globals.color });
      host.stdout.write(`${invocation.format(isTerminal ? Math.min(columns, widestPage) : widestPage)}\n`);
      await host.stdout.settle?.();
      return 0;
    }
    assertTlsIsChecked(host.env);
    const { command, raw } = invocation;
    const style = await openStyle(host, globals, host.stdout);
    const world = host.openWorld(globals);
    const rendering = { host, globals, style };
    const answer = await command.run(world, raw, createOutput(rendering));
    const isInterrupted = world.interruption.aborted && !answer.endsWhenInterrupted;
    if (isInterrupted && !answer.isOnlyCopy)
      throw new QboError("CANCELLED", "Interrupted, after what was under way had been finished.");
    writeAnswer(answer, rendering);
    await host.stdout.settle?.();
    if (answer.endedBy) return await tellError(answer.endedBy, host, globals);
    if (isInterrupted) return 130;
    await host.afterAnswer?.({ world, command: command.name, globals, host });
    return answer.exitCode;
  } catch (error) {
    return tellError(error, host, globals);
  }
}

async function tellError(error: unknown, host: Host, globals: Globals): Promise<ExitCode> {
  const known = toUserError(error);
  const text = globals.json
    ? formatErrorJson(known, host.now())
    : formatErrorText(known, await openStyle(host, globals, host.stderr), globals.verbose);
  host.stderr.write(`${text}\n`);
  return known.exitCode;
}

function openStyle(host: Host, globals: Globals, stream: TextStream): Promise<Style> {
  return createStyle({ ...judgeTerminal(stream, { env: host.env, color: globals.color }), now: host.now() });
}

interface Rendering {
  host: Host;
  globals: Globals;
  style: Style;
}

function writeAnswer(answer: Answer, rendering: Rendering): void {
  if (!rendering.globals.json) {
    const text = renderHuman(answer, rendering);
    if (text !== "") writeText(text, answer, rendering);
    if (answer.bytes && !rendering.style.isTerminal) rendering.host.stdout.write(answer.bytes);
    return;
  }
  const document = answer.json();
  if (document === undefined) return;
  for (const part of stringifyInParts(document)) writePart(part, answer, rendering);
  rendering.host.stdout.write("\n");
}

function writeText(text: string, answer: Pick<Answer, "isSecret">, rendering: Pick<Rendering, "host">): void {
  writePart(`${text}\n`, answer, rendering);
}

/** Secrets leave through the answers that are meant for it, and through no other. */
function writePart(text: string, { isSecret }: Pick<Answer, "isSecret">, { host }: Pick<Rendering, "host">): void {
  host.stdout.write(isSecret ? text : redact(text));
}

/** Lines for a person are broken between words, where the terminal would break them anywhere. */
function renderHuman({ human, isVerbatim }: Pick<Answer, "human" | "isVerbatim">, { style }: Rendering): string {
  const text = human(style);
  return style.isTerminal && !isVerbatim ? wrapLines(text, style.columns) : text;
}

function createOutput(rendering: Rendering): Output {
  return {
    isForProgram: rendering.globals.json,
    document: (value) => writeText(JSON.stringify(value), { isSecret: false }, rendering),
    answer: (faces) =>
      writeText(
        rendering.globals.json ? JSON.stringify(faces.json()) : renderHuman({ ...faces, isVerbatim: false }, rendering),
        faces,
        rendering,
      ),
    line(human) {
      const text = rendering.globals.json ? undefined : human(rendering.style);
      if (text !== undefined) writeText(text, { isSecret: false }, rendering);
    },
    openScreen() {
      const { host, globals } = rendering;
      if (globals.json) throw noScreen("--json answers once.");
      if (!host.stdout.isTTY) throw noScreen("stdout is no terminal.");
      return openScreen(host.stdout, () => openStyle(host, globals, host.stdout));
    },
  };
}

function noScreen(why: string): QboError {
  return new QboError("USAGE", `There is nothing to watch on: ${why}`, {
    hint: "For a program, run the command again when it wants to know: qbo status --json",
  });
}
