import type { Command } from "../commands/kit/command.ts";

/** A command line, and the words after `--` when they belong to a program that the command runs. */
export interface SplitLine {
  own: readonly string[];
  /** Absent where there is no `--`, and for the commands that run no program. */
  program?: readonly string[];
}

/** Cuts the command line of a command that runs a program at the first `--`: what follows is understood by nobody here. */
export function splitProgram(argv: readonly string[], commands: readonly Command[]): SplitLine {
  const end = argv.indexOf("--");
  const command = commands.find(({ name }) => name === argv[0]);
  return end < 0 || !command?.program ? { own: argv } : { own: argv.slice(0, end), program: argv.slice(end + 1) };
}
