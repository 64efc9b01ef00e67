import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installHelper } from "../adapters/vault/scripted-helper.ts";
import { control, start } from "../emulator/emulator-client.ts";
import { killAfter, killAtStep, listSteps, type Round, type Scenario, scenarios } from "../reliability/kill-rounds.ts";
import { describeImport, grant, type Granted, makeStoreKey, type Scene } from "../reliability/scene.ts";
import { bundleSteppingProgram } from "../reliability/victim.ts";
import { createHome, runQbo } from "./qbo-process.ts";
import { registerRedirect } from "./sign-in.ts";

/**
 * `kill -9` in the middle of every command that changes tokens: once at every step that changes something outside the process, and for
 * the rest of the rounds at random moments of the built program. So many rounds there are in all, or one for each step if these are more:
 *
 *     TEST_ROUNDS=200 npm test -- test/e2e/kill-nine.test.ts
 */
const rounds = Number(process.env["TEST_ROUNDS"] ?? 60);
/** Rounds of one command that are under way at the same time, each in a home of its own. */
const lanes = 2;
const timeout = 120_000 + rounds * 5000;

let stepping: Awaited<ReturnType<typeof bundleSteppingProgram>>;

beforeAll(async () => {
  stepping = await bundleSteppingProgram();
});
afterAll(() => stepping.remove());

interface Lane {
  scene: Scene;
  /** Companies that no round was about yet. */
  companies: Granted[];
}

async function openLane({ isConnected, policy = {} }: Scenario, count: number): Promise<Lane> {
  const home = createHome();
  const stateFile = join(home.folder, "emulator.json");
  const emulator = await start({ stateFile });
  await control(emulator, "policy", policy);
  const { redirectUri } = await registerRedirect(emulator);
  const { path } = installHelper("test");
  const env = { QBO_STORE_KEY: makeStoreKey(), QBO_REDIRECT_URI: redirectUri, PATH: path };
  const companies = await grant(emulator, count);
  if (isConnected) {
    const imported = await runQbo(["import", "--stdin", "--no-refresh"], {
      home,
      emulator,
      env,
      stdin: describeImport(companies),
    });
    expect(imported).toMatchObject({ exitCode: 0 });
  }
  return { scene: { home, emulator, stateFile, env }, companies };
}

type Kill = (round: Round) => Promise<void>;

/** Every kill once, some at the same time; answers the failures, each with its title. */
async function play(scenario: Scenario, open: readonly Lane[], kills: readonly [string, Kill][]): Promise<string[]> {
  const queue = [...kills];
  const failures: string[] = [];
  const work = async ({ scene, companies }: Lane) => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [title, kill] = next;
      const [granted] = companies.splice(0, 1);
      if (granted === undefined) throw new Error("every round needs a company of its own");
      await kill({ scene, scenario, granted }).catch((error: unknown) => failures.push(`${title}: ${String(error)}`));
    }
  };
  await Promise.all(open.map(work));
  return failures;
}

describe("kill -9 loses no connection, whenever it comes", () => {
  test.each(scenarios.map((scenario) => [scenario.title, scenario] as const))(
    "%s",
    async (_, scenario) => {
      const share = Math.ceil(rounds / scenarios.length);
      const open = await Promise.all(Array.from({ length: lanes }, () => openLane(scenario, share + 30)));
      const [{ scene, companies } = await openLane(scenario, 1)] = open;
      const [granted = expect.fail("there is a company")] = companies.splice(0, 1);
      const began = Date.now();
      const steps = await listSteps({ scene, scenario, granted }, stepping.program);
      const usual = Date.now() - began;

      // What lies between two steps changes nothing: the moment before a step is the one after the step before it.
      const chosen = steps.flatMap((step, index): [string, Kill][] =>
        step.startsWith("after ") ? [[step, (round) => killAtStep(round, stepping.program, index + 1)]] : [],
      );
      expect(chosen.length).toBeGreaterThan(4);
      const random = Array.from({ length: Math.max(1, share - chosen.length) }, (): [string, Kill] => {
        const milliseconds = Math.round(Math.random() * usual * 1.2);
        return [`after ${milliseconds} ms`, (round) => killAfter(round, milliseconds)];
      });
      expect(await play(scenario, open, [...chosen, ...random])).toEqual([]);
    },
    timeout,
  );
});
