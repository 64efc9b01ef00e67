import type { Emulator, EmulatorOptions } from "../../src/emulator/emulator.ts";
import { control, countEffects, start, type Json } from "../emulator/emulator-client.ts";
import { findFreePort } from "./free-port.ts";
import { runQbo, type Outcome } from "./run-qbo.ts";
import { createTestWorld, type TestWorld } from "./test-world.ts";

/** A machine with an emulator beside it, whose clock goes with the machine's. */
export interface EmulatedIntuit {
  world: TestWorld;
  emulator: Emulator;
  /** Realm IDs of the emulator's companies. */
  realms: [first: string, second: string, third: string];
  redirectUri: string;
  /** Runs the program. */
  qbo(this: void, ...argv: string[]): Promise<Outcome>;
  /** Moves both clocks. */
  advance(this: void, seconds: number): Promise<void>;
  /** Uses one of the emulator's controls: `control("faults", { kind: "outage" })`. */
  control(this: void, path: string, body?: unknown, method?: string): Promise<Json>;
  /** How many requests of each sort had an effect at the emulator. */
  effects(
    this: void,
  ): Promise<{ exchanges: number; refreshes: number; revocations: number; rejectedRefreshes: number }>;
  /** How many requests to one endpoint arrived. */
  countRequests(this: void, path: string): Promise<number>;
  /** Brings this many further companies in, as `c1`, `c2`, …, with refresh tokens only. */
  bringIn(this: void, count: number): Promise<string[]>;
  /** Signs the company with this realm ID in; fails the test when that does not work. */
  signIn(this: void, realmId?: string, ...argv: string[]): Promise<Outcome>;
}

/** Starts an emulator and a machine that reaches it as the environment `emulator`. */
export async function startEmulatedIntuit(options: Partial<EmulatorOptions> = {}): Promise<EmulatedIntuit> {
  const redirectUri = `http://localhost:${await findFreePort()}/callback`;
  const emulator = await start({ redirectUris: [redirectUri], ...options });
  const world = createTestWorld({
    QBO_EMULATOR_URL: emulator.baseUrl,
    QBO_REDIRECT_URI: redirectUri,
    QBO_BROWSER: "the-following-browser",
  });
  const qbo = (...argv: string[]) => runQbo(argv, world);
  const [first = "", second = "", third = ""] = emulator.announcement().companies.map(({ realmId }) => realmId);
  return {
    world,
    emulator,
    redirectUri,
    realms: [first, second, third],
    qbo,
    async advance(seconds) {
      await control(emulator, "clock", { advance: seconds });
      world.clock.advance(seconds);
    },
    control: (path, body, method) => control(emulator, path, body, method),
    async effects() {
      const counts = await countEffects(emulator);
      const count = (name: string) => Number(counts[name]);
      return {
        exchanges: count("exchanges"),
        refreshes: count("refreshes"),
        revocations: count("revocations"),
        rejectedRefreshes: count("rejectedRefreshes"),
      };
    },
    async countRequests(path) {
      const { requests } = await control<{ requests: { path: string }[] }>(emulator, "requests");
      return requests.filter((request) => request.path === path).length;
    },
    async bringIn(count) {
      const { connections } = await control<{ connections: { realmId: string; refreshToken: string }[] }>(
        emulator,
        "seed",
        { connections: count },
      );
      const entries = connections.map(({ realmId: realm, refreshToken }, index) => {
        return { environment: "emulator", name: `c${index + 1}`, realmId: realm, refreshToken };
      });
      world.stdin = entries.map((entry) => JSON.stringify(entry)).join("\n");
      const outcome = await qbo("import", "--stdin", "--no-refresh");
      if (outcome.exitCode !== 0) throw new Error(`The import failed: ${outcome.stderr}`);
      return entries.map(({ name }) => name);
    },
    async signIn(realmId, ...argv) {
      if (realmId !== undefined) await control(emulator, "auto-approve", { autoApprove: realmId });
      const outcome = await qbo("login", "--env", "emulator", ...argv);
      if (outcome.exitCode !== 0) throw new Error(`The sign-in failed: ${outcome.stderr}`);
      return outcome;
    },
  };
}
