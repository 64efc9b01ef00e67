import { expect, test } from "vitest";
import type { EmulatorOptions } from "../../src/emulator/emulator.ts";
import { control, countEffects, start } from "../emulator/emulator-client.ts";
import { readFacts, seedExpired } from "./connections.ts";
import { createHome, type Ended, runQbo } from "./qbo-process.ts";

const crowd = 50;

interface Circumstances {
  emulator?: Partial<EmulatorOptions>;
  policy?: Record<string, unknown>;
}

/** So many `qbo token` at once on an expired token. */
async function rush({ emulator: options = {}, policy = {} }: Circumstances) {
  const emulator = await start(options);
  await control(emulator, "policy", policy);
  const home = createHome();
  const { accessToken } = await seedExpired({ home, emulator });
  const all = await Promise.all(Array.from({ length: crowd }, () => runQbo(["token"], { home, emulator })));
  return { home, emulator, accessToken, all };
}

function expectOneToken(all: readonly Ended[], expired: string): void {
  for (const { exitCode, stderr } of all) expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr });
  const [token = "", ...others] = new Set(all.map(({ stdout }) => stdout));
  expect(others).toEqual([]);
  expect(token).toMatch(/^[\x21-\x7e]{100,}\n$/);
  expect(token.trim()).not.toBe(expired);
}

test.each<[string, Circumstances]>([
  ["with an Intuit that answers at once", {}],
  ["with an Intuit that takes its time", { emulator: { latencyMs: 300 } }],
  [
    "where a second use of a refresh token would kill the connection",
    { policy: { rotateAfterSeconds: 0, oldRefreshTokens: "revoke-chain" } },
  ],
])("50 processes at once cause exactly one refresh, %s", async (_, circumstances) => {
  const { home, emulator, accessToken, all } = await rush(circumstances);
  expectOneToken(all, accessToken);
  expect(await countEffects(emulator)).toMatchObject({ refreshes: 1, rejectedRefreshes: 0 });
  expect(readFacts(home)).toMatchObject([{ tokens: { generation: 2 } }]);
  const again = await runQbo(["refresh"], { home, emulator });
  expect({ exitCode: again.exitCode, stderr: again.stderr }).toMatchObject({ exitCode: 0 });
  expect(await countEffects(emulator)).toMatchObject({ refreshes: 2, rejectedRefreshes: 0 });
});
