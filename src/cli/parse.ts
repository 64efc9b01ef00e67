import { parseDirectly } from "./direct.ts";
import type { Invocation } from "./invocation.ts";

/**
 * Understands any command line.
 * @throws USAGE with a suggestion where one is near.
 */
export async function parse(argv: readonly string[], version: string): Promise<Invocation> {
  const direct = parseDirectly(argv);
  if (direct) return direct;
  const { parseWithCommander } = await import("./program.ts");
  return parseWithCommander(argv, version);
}
