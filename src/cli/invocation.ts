import type { Command, RawInput } from "../commands/kit/command.ts";

/** What the command line asks for. */
export type Invocation =
  | { kind: "command"; command: Command; raw: RawInput }
  /** Help or a version: a text for stdout. */
  | { kind: "text"; text: string };
