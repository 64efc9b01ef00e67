import { commands } from "./commands.ts";
import { parseDirectly } from "./direct.ts";
import { globalOptions } from "./globals.ts";
import { readFlagName } from "./flag-name.ts";
import type { Invocation } from "./invocation.ts";

/**
 * Understands any command line.
 * @throws USAGE with a suggestion where one is near.
 */
export async function parse(argv: readonly string[], version: string): Promise<Invocation> {
  const words = putCommandFirst(argv);
  const direct = parseDirectly(words, commands);
  if (direct) return direct;
  const [only, ...others] = words;
  if (others.length === 0 && (only === "--version" || only === "-V")) return { kind: "text", format: () => version };
  const { parseWithCommander } = await import("./program.ts");
  return parseWithCommander(words, version);
}

/** `qbo --json status` means `qbo status --json`: global options may stand before the command, too. */
function putCommandFirst(argv: readonly string[]): readonly string[] {
  const globals = new Set(
    globalOptions.map(({ flags }) => readFlagName(flags)).flatMap(({ long, short }) => [`--${long}`, `-${short}`]),
  );
  const start = argv.findIndex((word) => !globals.has(word));
  if (start === -1) return [];
  if (start === 0) return argv;
  const end = argv.includes("--") ? argv.indexOf("--") : argv.length;
  return [...argv.slice(start, end), ...argv.slice(0, start), ...argv.slice(end)];
}
