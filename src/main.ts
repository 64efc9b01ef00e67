import { parse } from "./cli/parse.ts";
import { tellUpdate } from "./cli/tell-update.ts";
import { complete, completionWord } from "./process/complete.ts";
import { updateLookWord } from "./process/look-for-update.ts";
import { openRareDoors } from "./process/rare-doors.ts";
import { start, version } from "./process/start.ts";
import { keychainProbeWord } from "./process/stores.ts";

/** Runs the whole program. */
export async function main(): Promise<void> {
  if (process.argv[2] === keychainProbeWord) {
    const { runKeychainProbe } = await import("./adapters/vault/keychain-probe.ts");
    return runKeychainProbe();
  }
  if (process.argv[2] === updateLookWord) {
    const { runUpdateLook } = await import("./process/look-for-update.ts");
    return runUpdateLook({ env: { ...process.env }, os: process.platform, version });
  }
  if (process.argv[2] === completionWord) return complete(process.argv.slice(3));
  return start({
    parse,
    afterAnswer: tellUpdate,
    openRareDoors: (setting) => ({
      ...openRareDoors(setting),
      async runDemo(options) {
        const { demo } = await import("./demo/demo.ts");
        return demo({ ...options, version: setting.version, interruption: setting.interruption });
      },
    }),
  });
}
