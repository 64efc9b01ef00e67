import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect } from "vitest";
import { control, get } from "../emulator/emulator-client.ts";
import { browse, consent } from "../e2e/sign-in.ts";
import { assertNoStackTrace, type Ended, program as builtProgram } from "../e2e/qbo-process.ts";
import { describeImport, type Granted, isLive, nameOf, readStored, type Scene } from "./scene.ts";
import { startVictim, type Victim } from "./victim.ts";

/** One command that is killed again and again, each time for a company of its own. */
export interface Scenario {
  title: string;
  /** Whether the company is connected before. */
  isConnected: boolean;
  policy?: Record<string, unknown>;
  args(name: string): string[];
  /** The command asks nothing of Intuit, so every connection works afterwards. */
  isLocal?: true;
  stdin?(granted: Granted): string;
}

const login = (name: string) => ["login", name, "--env", "emulator"];

export const scenarios: readonly Scenario[] = [
  { title: "login", isConnected: false, args: login },
  { title: "login of a connection that is there already", isConnected: true, args: login },
  { title: "refresh", isConnected: true, args: (name) => ["refresh", name] },
  {
    title: "refresh where every refresh token is used once",
    isConnected: true,
    policy: { rotateAfterSeconds: 0, oldRefreshTokens: "revoke-chain" },
    args: (name) => ["refresh", name],
  },
  {
    title: "store move",
    isConnected: true,
    isLocal: true,
    args: (name) => ["store", "move", name, "--to", "helper:test"],
  },
  { title: "revoke", isConnected: true, args: (name) => ["revoke", name, "--yes"] },
  {
    title: "import",
    isConnected: false,
    args: () => ["import", "--stdin"],
    stdin: (granted) => describeImport([granted]),
  },
];

/** Longer than a crowded machine takes for a command, shorter than anybody would wait for a dead process's lock. */
const atOnceMs = 60_000;

export interface Round {
  scene: Scene;
  scenario: Scenario;
  granted: Granted;
}

/** The names of the steps that the command takes when nobody kills it. */
export async function listSteps(round: Round, steppingProgram: string): Promise<string[]> {
  const stepsFile = join(round.scene.home.folder, "steps");
  const victim = start(round, steppingProgram, { STEPS_FILE: stepsFile });
  expect(await victim.ended, victim.told()).toBe(0);
  const steps = readFileSync(stepsFile, "utf8").trim().split("\n");
  rmSync(stepsFile);
  return steps;
}

/** Kills the command at its step of this number, counted from 1, and looks at what is left. */
export async function killAtStep(round: Round, steppingProgram: string, number: number): Promise<void> {
  const victim = start(round, steppingProgram, { STOP_AT: String(number) });
  const stopped = await victim.waitFor(/^stopped (.*)$/m);
  expect(stopped?.[1], victim.told()).toBeDefined();
  victim.signal("SIGKILL");
  expect(await victim.ended).toBeNull();
  await expectNothingLost(round);
}

/** Kills the built program so many milliseconds after its start, if it still runs by then. */
export async function killAfter(round: Round, milliseconds: number): Promise<void> {
  const victim = start(round, builtProgram);
  await Promise.race([wait(milliseconds), victim.ended]);
  victim.signal("SIGKILL");
  expect([0, null]).toContain(await victim.ended);
  await expectNothingLost(round);
}

function start({ scene, scenario, granted }: Round, program: string, env: Record<string, string> = {}): Victim {
  const stdin = scenario.stdin?.(granted);
  const victim = startVictim(scenario.args(nameOf(granted.realmId)), {
    ...scene,
    program,
    env: { ...scene.env, ...env },
    ...(stdin === undefined ? {} : { stdin }),
  });
  void playBrowser(scene, granted, victim);
  return victim;
}

let turn: Promise<unknown> = Promise.resolve();

/** Consents for the company. The port may be gone by then, with the process. */
async function playBrowser({ emulator }: Scene, { realmId }: Granted, victim: Victim): Promise<void> {
  const [, authorizationUrl] = (await victim.waitFor(/^ {2}(http:\S+\/connect\/oauth2\?\S+)$/m)) ?? [];
  if (authorizationUrl === undefined) return;
  // Which company is consented for is one setting of the emulator, and other rounds need it, too.
  const mine = turn.then(async () => {
    await control(emulator, "auto-approve", { autoApprove: realmId });
    return consent({ authorizationUrl });
  });
  turn = mine;
  await browse(await mine).catch(() => undefined);
}

/**
 * After a crash: the store can be read, `status` works, and a refresh token that lies in the store and that Intuit still accepts can be
 * used. Where it is not so, the program says that a person must sign in, and a sign-in works.
 */
async function expectNothingLost(round: Round): Promise<void> {
  const { scene, scenario, granted } = round;
  // What the victim had sent has arrived, and takes effect only now: its requests are dealt with before these, which come later.
  for (let look = 0; look < 3; look += 1) await control(scene.emulator, "requests");
  const stored = await readStored(scene, granted.realmId);
  const mustWork =
    scenario.isLocal === true || (stored !== undefined && isLive(scene, stored.refreshToken.secret.reveal()));
  expect(await run(round, ["status", "--json"])).toMatchObject({ exitCode: 0 });

  const token = await run(round, ["token", granted.realmId]);
  const refresh = await run(round, ["refresh", granted.realmId]);
  for (const { exitCode, stdout } of [token, refresh]) {
    expect(mustWork ? [0] : [0, 4], `${token.stderr}${refresh.stderr}`).toContain(exitCode);
    expect(stdout === "").toBe(exitCode !== 0);
  }
  if (scenario.isLocal) await finishMove(round);
  // A token that is handed out without asking Intuit may be dead; one that was fetched a moment ago is not.
  if (refresh.exitCode === 4) await signInAgain(round);
  const current = (await run(round, ["token", granted.realmId])).stdout.trim();
  expect((await get(scene.emulator, "/v1/openid_connect/userinfo", current)).status).toBe(200);
}

/** The same command once more leaves the tokens in one place, the new one. */
async function finishMove(round: Round): Promise<void> {
  const { scene, scenario, granted } = round;
  const name = nameOf(granted.realmId);
  expect(await run(round, scenario.args(name))).toMatchObject({ exitCode: 0 });
  expect(await readStored(scene, granted.realmId)).toBeUndefined();
  const facts: object = JSON.parse(readFileSync(join(scene.home.state, "connections", `${name}.json`), "utf8"));
  expect(facts).toMatchObject({ store: "helper:test" });
  expect(facts).not.toHaveProperty("alsoIn");
}

async function signInAgain(round: Round): Promise<void> {
  const { home, emulator, env } = round.scene;
  const name = nameOf(round.granted.realmId);
  const victim = startVictim(login(name), { home, emulator, env, program: builtProgram });
  await playBrowser(round.scene, round.granted, victim);
  expect(await victim.ended, victim.told()).toBe(0);
}

async function run({ scene }: Round, args: readonly string[]): Promise<Ended> {
  const began = Date.now();
  const victim = startVictim(args, { ...scene, program: builtProgram });
  const exitCode = await victim.ended;
  const { stdout, stderr } = victim.printed();
  assertNoStackTrace({ stdout, stderr });
  expect(Date.now() - began, `${args.join(" ")} waited for a dead process`).toBeLessThan(atOnceMs);
  return { exitCode, signal: null, stdout, stderr };
}
