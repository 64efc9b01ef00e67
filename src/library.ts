import { join } from "node:path";
import { createQbo } from "./library/create-qbo.ts";
import { prepareWorlds } from "./library/library-world.ts";
import type { QboOptions } from "./library/options.ts";
import type { Qbo } from "./library/qbo.ts";

declare const __QBO_VERSION__: string;

/*
 * All that `import … from "qbo-cli"` gives. Whatever the files that are handed on here export is public, and refers to nothing but one
 * another: the package holds their declarations as one text. The compiler makes sure that they say the same as the types they stand for.
 */
export type * from "./library/options.ts";
export type * from "./library/answers.ts";
export type * from "./library/qbo.ts";
export * from "./library/errors.ts";

/**
 * Opens the connections of this machine. It never prompts, opens no browser, writes nothing to stdout or stderr and leaves signals and exit
 * code alone.
 * @throws QboError USAGE for options that there are not; CONFIG_INVALID when a folder is no absolute path, or the environment switches off TLS.
 */
export function openQbo(options: QboOptions = {}): Qbo {
  // The program lies beside the folder of this file, in the package as in the sources.
  const program = join(__dirname, "..", "bin", "qbo.js");
  return createQbo(prepareWorlds(options, { version: __QBO_VERSION__, program }), options.signal);
}
