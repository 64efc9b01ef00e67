import type { Command, RawInput } from "../commands/kit/command.ts";

/** What the command line asks for. */
export type Invocation =
  | { kind: "command"; command: Command; raw: RawInput }
  /** Help or a version: a text for stdout, in lines of so many columns. */
  | { kind: "text"; format: (this: void, columns: number) => string };
