import { describe, expect, it } from "vitest";
import { QboError } from "../../src/core/errors.ts";
import type { ProgramRun } from "../../src/core/ports.ts";
import { startEmulatedIntuit } from "../world/emulated-intuit.ts";

async function openScene() {
  const intuit = await startEmulatedIntuit();
  await intuit.signIn(undefined, "--name", "acme");
  const runs: ProgramRun[] = [];
  intuit.world.replaced.runProgram = async (run) => {
    runs.push(run);
    return 77;
  };
  return { ...intuit, runs };
}

describe("qbo exec", () => {
  it("hands the words over as they are, with the token of the connection, and ends as the program does", async () => {
    const { qbo, runs } = await openScene();
    const { accessToken, realmId } = (await qbo("token", "--json")).json();
    expect(await qbo("exec", "--", "tool", "a b", "--json", "")).toMatchObject({
      exitCode: 77,
      stdout: "",
      stderr: "",
    });
    const handed = { QBO_ACCESS_TOKEN: accessToken, QBO_REALM_ID: realmId, QBO_ENVIRONMENT: "emulator" };
    expect(runs).toMatchObject([{ program: "tool", args: ["a b", "--json", ""], env: handed }]);
  });

  it("refreshes a token that is valid, but not for as long as was asked for", async () => {
    const { qbo, runs, advance } = await openScene();
    await advance(600);
    for (const words of [["exec"], ["exec"], ["exec", "--min-validity", "3300"]]) await qbo(...words, "--", "tool");
    const [first, second, third] = runs.map(({ env }) => env["QBO_ACCESS_TOKEN"]);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });

  it("says so when the token belongs to a connection whose refresh token was rejected", async () => {
    const { qbo, runs, control } = await openScene();
    await control("faults", { kind: "invalid-grant" });
    expect((await qbo("refresh")).exitCode).toBe(4);
    for (const words of [["token"], ["exec", "--", "tool"]])
      expect((await qbo("-q", ...words)).stderr).toMatch(/rejected the refresh token of acme at .* qbo login acme$/m);
    expect(runs).toHaveLength(1);
    expect((await qbo("refresh")).exitCode).toBe(0);
    expect(await qbo("token")).toMatchObject({ exitCode: 0, stderr: "" });
  });

  it("says nothing of it when another process has shown meanwhile that the connection works", async () => {
    const { qbo, world, control, advance } = await openScene();
    await control("faults", { kind: "invalid-grant" });
    expect((await qbo("refresh")).exitCode).toBe(4);
    await advance(3600);
    const globals = { json: false, quiet: true, verbose: false, debug: false, color: false, input: false };
    const doors = world.open(globals, () => undefined);
    let others = 0;
    const openStore = async (name: string) => {
      const store = await doors.openStore(name);
      const exclusively: typeof store.exclusively = async (...work) => {
        others += 1;
        if (others === 1) expect((await qbo("refresh")).exitCode).toBe(0);
        return store.exclusively(...work);
      };
      return { ...store, exclusively };
    };
    Object.assign(world.replaced, { openStore });
    expect(await qbo("token")).toMatchObject({ exitCode: 0, stderr: "" });
    expect(others).toBe(2);
  });

  it("starts nothing without a token, nor after an interruption", async () => {
    const { qbo, runs, world, control, advance } = await openScene();
    world.interruption.abort(new QboError("CANCELLED", "Interrupted by SIGTERM."));
    expect(await qbo("exec", "--", "tool")).toMatchObject({ exitCode: 130 });
    world.interruption = new AbortController();
    await control("faults", { kind: "invalid-grant" });
    await advance(7200);
    world.script.isAttended = true;
    const refused = await qbo("exec", "--json", "--", "tool");
    expect(refused.error()).toMatchObject({ code: "REFRESH_REJECTED", exitCode: 4 });
    expect([runs, world.script.asked]).toEqual([[], []]);
  });
});

describe("qbo token --format credential-process", () => {
  it("asks nothing, even where somebody would answer", async () => {
    const { qbo, signIn, world } = await startEmulatedIntuit();
    await signIn(undefined, "--name", "acme");
    const another = { environment: "emulator", realmId: "1", refreshToken: "r", name: "zz" };
    world.stdin = JSON.stringify(another);
    await qbo("import", "--stdin", "--no-refresh");
    world.script.isAttended = true;
    const refused = await qbo("token", "--format", "credential-process");
    expect(refused).toMatchObject({ exitCode: 2, stdout: "" });
    expect(world.script.asked).toEqual([]);
    const [told] = (await qbo("token", "acme", "--format", "credential-process")).stdout.split("\n");
    expect(JSON.parse(told ?? "")).toMatchObject({ version: 1, apiBaseUrl: expect.stringMatching(/^http/) });
  });
});
