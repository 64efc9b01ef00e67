import { parse } from "./cli/parse.ts";
import { openRareDoors } from "./process/rare-doors.ts";
import { start } from "./process/start.ts";
import { keychainProbeWord } from "./process/stores.ts";

/** The whole program. */
async function main(): Promise<void> {
  if (process.argv[2] === keychainProbeWord) {
    const { runKeychainProbe } = await import("./adapters/vault/keychain-probe.ts");
    return runKeychainProbe();
  }
  return start({
    parse,
    openRareDoors: (setting) => ({
      ...openRareDoors(setting),
      async runDemo(options) {
        const { demo } = await import("./demo/demo.ts");
        return demo({ ...options, version: setting.version, interruption: setting.interruption });
      },
    }),
  });
}

void main();
