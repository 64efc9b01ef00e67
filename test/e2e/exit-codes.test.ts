import { describe, expect, test } from "vitest";
import { errorTable } from "../../src/core/errors.ts";
import { control, countEffects } from "../emulator/emulator-client.ts";
import { run, setScene, situations } from "./error-situations.ts";
import { seed, type Seeded } from "./connections.ts";
import { type Ended, readAnswer, readError, runQbo } from "./qbo-process.ts";

const table: Readonly<Record<string, { exitCode: number }>> = errorTable;

const cases = Object.entries(situations).flatMap(([code, ways]) =>
  Object.entries(ways).map(([what, act]) => [code, what, act] as const),
);

describe("a failure leaves stdout empty and its error on the last line of stderr", () => {
  test.each(cases)("%s: %s", async (code, _, act) => {
    const ended = await act(await setScene());
    expect(readError(ended)).toMatchObject({ code, exitCode: table[code]?.exitCode });
  });

  test("only these errors have no situation here", () => {
    // A defect, a lock held for two minutes, and what stands beneath the report of a command about many.
    const missing = Object.keys(errorTable).filter((code) => !(code in situations));
    expect(missing).toEqual(["UNEXPECTED", "SERVICE_SUSPECT", "LOCK_TIMED_OUT", "PARTIAL_FAILURE"]);
  });
});

test("a person reads the same failure as two lines, with nothing on stdout", async () => {
  const ended = await runQbo(["token", "nobody"], await setScene());
  expect(ended).toMatchObject({ exitCode: 4, stdout: "" });
  expect(ended.stderr).toMatch(/^error: There is no connection nobody\..*\nhint: {2}.*qbo login nobody\n$/);
});

describe("what is done exits 0", () => {
  const everyday = ["status", "token", "refresh", "whoami", "companyinfo", "use c1", "rename c1 acme", "app list"];

  test.each(everyday)("qbo %s", async (words) => {
    const scene = await setScene();
    await seed(scene);
    expect(readAnswer(await run(scene, words))).toEqual(expect.any(Object));
  });

  test.each(["--version", "--help", "help exit-codes", "token --help", "status --quiet"])(
    "qbo %s, with nothing set up",
    async (words) => {
      const ended = await runQbo(words.split(" "), await setScene());
      expect(ended).toMatchObject({ exitCode: 0, stderr: "" });
      expect(ended.stdout).toMatch(/\S\n$/);
    },
  );
});

describe("a command about many prints its report and exits", () => {
  interface Report {
    results: { connection: string; outcome: string; error: { code: string } | null }[];
    refreshed: number;
    failed: number;
  }

  /** Disconnects these companies at Intuit, refreshes all connections and answers the report. */
  async function refreshAll(
    count: number,
    choose: (seeded: Seeded[]) => Seeded[],
  ): Promise<Ended & { report: Report }> {
    const scene = await setScene();
    const seeded = await seed(scene, count);
    for (const { realmId } of choose(seeded)) await control(scene.emulator, "disconnect", { realmId });
    const ended = await run(scene, "refresh --all");
    const effects = await countEffects(scene.emulator);
    const report: Report = JSON.parse(ended.stdout);
    expect(effects).toMatchObject({ refreshes: report.refreshed, rejectedRefreshes: report.failed });
    return { ...ended, report };
  }

  test("0 when all went well", async () => {
    const { exitCode, report } = await refreshAll(3, () => []);
    expect({ exitCode, report }).toMatchObject({ exitCode: 0, report: { refreshed: 3, unchanged: 0, failed: 0 } });
  });

  test("8 when some failed", async () => {
    const { exitCode, report } = await refreshAll(3, (seeded) => seeded.slice(1, 2));
    expect({ exitCode, report }).toMatchObject({ exitCode: 8, report: { refreshed: 2, unchanged: 0, failed: 1 } });
    const failed = report.results.filter(({ outcome }) => outcome === "failed");
    expect(failed).toMatchObject([{ connection: "c2", error: { code: "REFRESH_REJECTED", exitCode: 4 } }]);
  });

  test("with the code of all when all failed alike", async () => {
    const { exitCode, report } = await refreshAll(2, (seeded) => seeded);
    expect({ exitCode, report }).toMatchObject({ exitCode: 4, report: { refreshed: 0, unchanged: 0, failed: 2 } });
  });

  test("with a word on stderr where each result was a line of its own", async () => {
    const scene = await setScene();
    const [first] = await seed(scene, 3);
    await control(scene.emulator, "disconnect", { realmId: first?.realmId });
    const ended = await run(scene, "refresh --all --json-lines");
    expect(ended.stdout.trimEnd().split("\n")).toHaveLength(3);
    expect(readError({ ...ended, stdout: "" })).toMatchObject({ code: "PARTIAL_FAILURE", exitCode: 8 });
  });

  test("an import, too, tells failure by failure", async () => {
    const scene = await setScene();
    const entries = [
      { environment: "emulator", realmId: "1", refreshToken: "RT-1" },
      { environment: "emulator", realmId: "2" },
    ];
    const ended = await runQbo(["import", "--stdin", "--no-refresh", "--json"], {
      ...scene,
      stdin: JSON.stringify(entries),
    });
    expect(ended.exitCode).toBe(8);
    expect(JSON.parse(ended.stdout)).toMatchObject({
      results: [
        { outcome: "imported", error: null },
        { outcome: "failed", error: { code: "USAGE" } },
      ],
    });
  });
});
