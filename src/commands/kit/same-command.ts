import { quoteForShell } from "../../core/shell-word.ts";
import type { RawInput } from "./command.ts";

/** The command line to type once more, with those of its options that count again; keys as in `RawInput`. */
export function writeSameCommand(name: string, { flags }: RawInput, keys: readonly string[]): string {
  const words = keys.flatMap((key) => {
    const [flag, value] = [`--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, flags[key]];
    if (value === true) return [flag];
    return typeof value === "string" ? [flag, quoteForShell(value)] : [];
  });
  return ["qbo", name, ...words].join(" ");
}
