import type { Instant } from "../core/instant.ts";
import type { Style } from "../commands/kit/command.ts";

export interface StyleOptions {
  isTerminal: boolean;
  hasColor: boolean;
  columns: number;
  now: Instant;
}

/** How answers are dressed for this output. chalk is loaded for a terminal only. */
export async function createStyle({ isTerminal, hasColor, columns, now }: StyleOptions): Promise<Style> {
  const frame = { isTerminal, columns, now };
  if (!hasColor) {
    const plain = (text: string) => text;
    return { ...frame, bold: plain, dim: plain, green: plain, yellow: plain, red: plain, cyan: plain };
  }
  const { Chalk } = await import("chalk");
  const chalk = new Chalk({ level: 1 });
  return {
    ...frame,
    bold: (text) => chalk.bold(text),
    dim: (text) => chalk.dim(text),
    green: (text) => chalk.green(text),
    yellow: (text) => chalk.yellow(text),
    red: (text) => chalk.red(text),
    cyan: (text) => chalk.cyan(text),
  };
}
