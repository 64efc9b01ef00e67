import { homedir } from "node:os";
import { createConfigFiles } from "../adapters/config-files/config-files.ts";
import { createFactsStore } from "../adapters/facts/facts.ts";
import { findPaths } from "../adapters/paths.ts";
import { answerCompletion } from "../cli/completion.ts";

/** The word by which the scripts of `qbo completion` call: `qbo __complete <shell> <words behind qbo…>`. */
export const completionWord = "__complete";

/**
 * Proposes what may be typed next. Of all doors only the files of facts and settings are opened: no store, no network, no question. It ends
 * well and in silence, whatever is wrong, for it is run by a key press in the middle of a line.
 */
export async function complete([shell = "", ...words]: readonly string[]): Promise<void> {
  process.stdout.on("error", () => undefined);
  try {
    process.stdout.write(await answerCompletion({ shell, words }, openDoors()));
  } catch {
    process.stdout.write(":words\n");
  }
}

function openDoors() {
  const paths = findPaths(process.env, process.platform);
  return {
    // The team's connections lie behind a network, so they are not proposed.
    facts: createFactsStore({ folder: paths.connections }),
    configFiles: createConfigFiles({
      folder: paths.config,
      systemPath: paths.systemConfig,
      place: { workingFolder: process.cwd(), home: homedir() },
      uid: process.getuid?.(),
      warn: () => undefined,
    }),
  };
}
