// needs: tmux
import { describe, expect, test, vi } from "vitest";
import { start } from "../emulator/emulator-client.ts";
import { startAnswerGate } from "./answer-gate.ts";
import { readFacts, readJournal, seed } from "./connections.ts";
import { createHome, type Home, readAnswer, runQbo, startQbo } from "./qbo-process.ts";
import { findWrapped, openTerminal } from "./terminal.ts";

interface Report {
  results: { connection: string; outcome: string }[];
  refreshed: number;
  continued: { done: number } | null;
}

async function openFleet(count: number) {
  const gate = await startAnswerGate(await start());
  const scene = { home: createHome(), emulator: gate.emulator };
  await seed(scene, count);
  return { scene, gate };
}

const countDone = (home: Home, event: string, outcome: string) =>
  readJournal(home).filter((entry) => entry["event"] === event && entry["outcome"] === outcome).length;

async function until(isSo: () => boolean): Promise<void> {
  await vi.waitUntil(isSo, { interval: 25, timeout: 60_000 });
}

describe("Ctrl-C", () => {
  test("in a refresh of many loses no result, and the next run goes on with the others", async () => {
    const { scene, gate } = await openFleet(12);
    gate.keep("token", { after: 2 });
    const running = startQbo(["refresh", "--all", "--concurrency", "2", "--json"], scene);
    await until(() => countDone(scene.home, "refreshed", "ok") >= 2);
    await gate.awaitKept(2);
    await running.signalAndWait("SIGINT");
    gate.open();
    const ended = await running.ended;
    expect(ended.exitCode).toBe(130);
    const first: Report = JSON.parse(ended.stdout);
    expect(first.refreshed).toBe(countDone(scene.home, "refreshed", "ok"));
    expect(first.refreshed).toBeLessThan(12);
    expect(ended.stderr.trimEnd().split("\n").at(-1)).toContain(`Interrupted after ${first.refreshed} of 12`);

    const second = readAnswer<Report>(await runQbo(["refresh", "--all", "--json"], scene));
    expect(second.continued).toMatchObject({ done: first.refreshed });
    const names = [...first.results, ...second.results].map(({ connection }) => connection);
    expect(names.toSorted()).toEqual(readFacts(scene.home).map(({ name }) => name));
    expect(countDone(scene.home, "refreshed", "ok")).toBe(12);
  });

  test("is not needed for that: a run that was killed is continued, too", async () => {
    const { scene, gate } = await openFleet(6);
    gate.keep("token", { after: 2 });
    const running = startQbo(["refresh", "--all", "--concurrency", "1"], scene);
    // The one under way is marked, too, until its answer is there.
    const isDone = ({ lastRefresh }: Record<string, unknown>) => Object(lastRefresh).outcome === "ok";
    await until(() => readFacts(scene.home).filter(isDone).length >= 2);
    running.signal("SIGKILL");
    await running.ended.catch(() => undefined);
    gate.open();
    const ended = await runQbo(["refresh", "--all", "--json"], scene);
    expect(ended.stderr).toContain("did not finish");
    const report: Report = JSON.parse(ended.stdout);
    expect(report.continued?.done).toBeGreaterThanOrEqual(2);
    expect(report.results.length + (report.continued?.done ?? 0)).toBe(6);
  });

  test("in a revocation of many tells which are revoked", async () => {
    const { scene, gate } = await openFleet(8);
    gate.keep("revoke", { after: 2 });
    const running = startQbo(["revoke", "--all", "--yes", "--concurrency", "2", "--json"], scene);
    await until(() => countDone(scene.home, "revoked", "revoked") >= 2);
    await gate.awaitKept(2);
    await running.signalAndWait("SIGINT");
    gate.open();
    const ended = await running.ended;
    expect(ended.exitCode).toBe(130);
    const { results }: { results: { connection: string; local: string }[] } = JSON.parse(ended.stdout);
    const gone = readFacts(scene.home).filter(({ disconnectedAt }) => disconnectedAt !== null);
    expect(results.map(({ connection }) => connection).toSorted()).toEqual(gone.map(({ name }) => name));
    expect(results.length).toBeLessThan(8);
  });
});

test("a closed pipe ends no refresh half-way", async () => {
  const { scene } = await openFleet(4);
  const through = ["sh", "-c", '"$@" | head -1', "sh"];
  const { exitCode, stdout, stderr } = await runQbo(["refresh", "--all", "--json-lines", "--quiet"], {
    ...scene,
    through,
  });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(JSON.parse(stdout)).toMatchObject({ outcome: "refreshed" });
  expect(countDone(scene.home, "refreshed", "ok")).toBe(4);
});

describe("at a terminal", () => {
  test("a bar tells how far it is, and nothing of it stays", async () => {
    const { scene, gate } = await openFleet(12);
    gate.keep("token", { after: 4 });
    const terminal = await openTerminal(["refresh", "--all", "--concurrency", "2"], scene);
    await terminal.waitFor(/Refreshing ━+─+ \d+ of 12/);
    gate.open();
    expect(await terminal.end()).toBe(0);
    const screen = await terminal.read();
    expect(screen).not.toContain("━");
    expect(screen).toMatch(/(✓ c\d+: refreshed\n){12}12 refreshed, 0 failed\n\[exit 0\]/);
    expect(findWrapped(screen, 80)).toEqual([]);
  });

  test("Ctrl-C leaves the results and no bar", async () => {
    const { scene, gate } = await openFleet(12);
    gate.keep("token", { after: 2 });
    const terminal = await openTerminal(["refresh", "--all", "--concurrency", "2"], { ...scene, columns: 40 });
    await terminal.waitFor(/2 of 12/);
    await gate.awaitKept(2);
    await terminal.press("C-c");
    // Should the keys need longer than this, further two are begun, and no more.
    const lettingGo = setInterval(gate.letGo, 1000);
    expect(await terminal.end()).toBe(130);
    clearInterval(lettingGo);
    const screen = await terminal.read();
    expect(screen).not.toMatch(/━|\d of 12 ·/);
    expect(screen).toMatch(/✓ c\d+: refreshed\n\d refreshed, 0 failed\nerror: Interrupted after \d of 12/);
    expect(findWrapped(screen, 40)).toEqual([]);
  });

  test("status --watch follows what happens and leaves the terminal as it was", async () => {
    const { scene } = await openFleet(6);
    const terminal = await openTerminal(["status", "--watch"], scene);
    await terminal.waitFor(/6 connections \(emulator\): 6 ready/);
    readAnswer(await runQbo(["revoke", "c3", "--local-only", "--yes", "--json"], scene));
    await terminal.waitFor(/5 ready, 1 disconnected/);
    await terminal.press("C-c");
    expect(await terminal.end()).toBe(0);
    const screen = await terminal.read();
    expect(screen.split("NAME")).toHaveLength(2);
    expect(screen).toMatch(/5 ready, 1 disconnected\n(\^C)?\[exit 0\]/);
  });
});
