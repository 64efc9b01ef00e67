import { hasCode, QboError, type ExitCode } from "../../core/errors.ts";
import type { Instant } from "../../core/instant.ts";
import type { World } from "../../core/world.ts";

/** How text for people is dressed. Without a terminal, `paint` functions give the text as it is. */
export interface Style {
  /** Whether a person is looking: bars and other drawings are only for them. */
  isTerminal: boolean;
  /** Width in characters. */
  columns: number;
  now: Instant;
  bold(this: void, text: string): string;
  dim(this: void, text: string): string;
  green(this: void, text: string): string;
  yellow(this: void, text: string): string;
  red(this: void, text: string): string;
  cyan(this: void, text: string): string;
}

export interface OptionSpec {
  /** As in the help: `-c, --connection <name|realmId>`. A value in angle brackets makes it take one. */
  flags: string;
  description: string;
  /** May be given several times; the values are collected. */
  isRepeatable?: true;
  /** The values, or the elements of a list, that a shell can propose; absent where its name says enough, or anything may stand there. */
  words?: readonly string[];
}

export interface ArgumentSpec {
  /** With "..." at its end it takes several words. */
  name: string;
  description: string;
  isRequired?: true;
  /** As for an option. */
  words?: readonly string[];
}

/** The command line after parsing, before any of it is understood. Keys of `flags` are the long names in camel case. */
export interface RawInput {
  arguments: readonly (string | undefined)[];
  flags: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  /** The words after `--`, untouched, for a command that runs a program; absent where no `--` was given. */
  program?: readonly string[];
}

/** Writes parts of an answer to stdout at once, for commands whose answer grows. */
export interface Output {
  /** Whether --json was given. */
  readonly isForProgram: boolean;
  /** A JSON document on a line of its own, whether or not --json was given. */
  document(value: unknown): void;
  /** One of two faces, as --json says. */
  answer(faces: Pick<Answer, "human" | "json" | "isSecret">): void;
  /** A line of the answer for people; nothing with --json. `undefined` leaves it out. */
  line(human: (style: Style) => string | undefined): void;
  /** The terminal for an answer that changes. Throws USAGE where there is none, and with --json. */
  openScreen(): Screen;
}

/** A terminal that shows one picture after the other, and looks as before when it is closed. */
export interface Screen {
  show(human: (style: Style) => string): Promise<void>;
  close(): void;
}

/** What a command found out, in both of its faces. */
export interface Answer {
  human(style: Style): string;
  json(): unknown;
  /** What follows the text for people where no terminal is, as it is; `undefined` in most answers. */
  bytes: Uint8Array | undefined;
  /** Whether the text is for programs: its lines are not broken to fit a terminal. */
  isVerbatim: boolean;
  /** Of the table, or that of a program that was run. */
  exitCode: number;
  /** Whether it was asked for because it is secret. From any other answer secrets are taken out. */
  isSecret: boolean;
  /** Whether nothing else holds what it says. */
  isOnlyCopy: boolean;
  /** Why the command ended before all was done; told on stderr beneath the answer, and the exit code is its. */
  endedBy: Error | null;
  /** Whether an interruption is its ordinary end. */
  endsWhenInterrupted: boolean;
}

export interface CommandSpec<O, R> {
  /** Words after `qbo`, such as `app set`. */
  name: string;
  /** One line for lists of commands. */
  summary: string;
  /** Paragraphs for the command's own help. */
  description?: string;
  group: "Everyday" | "Trouble" | "Many connections" | "Setting up" | "Storing and moving" | "More";
  arguments?: readonly ArgumentSpec[];
  options?: readonly OptionSpec[];
  /** A program that it runs: all words after `--` are that program's, however much they look like ours. */
  program?: ArgumentSpec;
  /** Command lines with what they do. */
  examples: readonly (readonly [command: string, what: string])[];
  /** Understands the command line. Throws USAGE. */
  read(this: void, raw: RawInput): O;
  run(this: void, world: World, options: O, output: Output): Promise<R>;
  human(this: void, result: R, style: Style): string;
  /** `undefined` when everything was written while the command ran. */
  json(this: void, result: R): unknown;
  /** As in `Answer`. */
  bytes?(this: void, result: R): Uint8Array | undefined;
  exitCode?(this: void, result: R): ExitCode;
  /** Instead of `exitCode`, for a command that ends as the program ended that it ran. */
  programExitCode?(this: void, result: R): number;
  /** As in `Answer`; only for commands whose purpose it is to hand out a secret. */
  isSecret?(this: void, result: R): boolean;
  /** Whether the answer is the only copy of something, such as of what was done, to be handed over even when the run was interrupted. */
  isOnlyCopy?(this: void, result: R): boolean;
  /** For reports about many: why not all of it was done. */
  endedBy?(this: void, result: R): Error | null;
  /** Whether an interruption is its ordinary end, and not a failure. */
  endsWhenInterrupted?: true | ((this: void, result: R) => boolean);
  /** As in `Answer`. */
  isVerbatim?: true | ((this: void, result: R) => boolean);
}

/** A command as the program holds it: the types of its options and result stay inside. */
export interface Command extends Pick<CommandSpec<never, never>, "name" | "summary" | "group" | "examples"> {
  description: string;
  arguments: readonly ArgumentSpec[];
  options: readonly OptionSpec[];
  program: ArgumentSpec | undefined;
  run(world: World, raw: RawInput, output: Output): Promise<Answer>;
}

/** Makes a command of its specification. */
export function defineCommand<O, R>(spec: CommandSpec<O, R>): Command {
  return {
    name: spec.name,
    summary: spec.summary,
    group: spec.group,
    examples: spec.examples,
    description: spec.description ?? "",
    arguments: spec.arguments ?? [],
    options: spec.options ?? [],
    program: spec.program,
    async run(world, raw, output) {
      const result = await runWithHelp(spec, () => spec.run(world, spec.read(raw), output));
      return {
        human: (style) => spec.human(result, style),
        json: () => spec.json(result),
        bytes: spec.bytes?.(result),
        isVerbatim: judge(spec.isVerbatim, result),
        exitCode: spec.programExitCode?.(result) ?? spec.exitCode?.(result) ?? 0,
        isSecret: spec.isSecret?.(result) ?? false,
        isOnlyCopy: spec.isOnlyCopy?.(result) ?? false,
        endedBy: spec.endedBy?.(result) ?? null,
        endsWhenInterrupted: judge(spec.endsWhenInterrupted, result),
      };
    },
  };
}

/** Whoever used a command wrongly is shown its help, unless the error knows better. */
async function runWithHelp<O, R>({ name }: CommandSpec<O, R>, work: () => Promise<R>): Promise<R> {
  try {
    return await work();
  } catch (error) {
    if (!hasCode(error, "USAGE") || error.hint !== null) throw error;
    throw new QboError("USAGE", error.message, {
      hint: `See qbo ${name} --help`,
      details: error.details,
      cause: error.cause,
    });
  }
}

function judge<R>(told: true | ((this: void, result: R) => boolean) | undefined, result: R): boolean {
  return typeof told === "function" ? told(result) : (told ?? false);
}
