import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createTrustStore } from "../../src/adapters/trust-store/trust-store.ts";
import { type Held, playWindows } from "../adapters/trust-store/played-tools.ts";
import { findFreePort } from "../world/free-port.ts";
import { startEmulatedIntuit } from "../world/emulated-intuit.ts";
import { runQbo } from "../world/run-qbo.ts";
import { createTestWorld, type TestWorld } from "../world/test-world.ts";

interface Report {
  certificate: { fingerprint: string; state: string } | null;
  trusted: boolean | null;
  previousFingerprint?: string | null;
}

const days = (count: number) => count * 86_400;

/** A machine whose trust store is only what `held` holds. */
function giveTrustStore(world: TestWorld): Held[] {
  const held: Held[] = [];
  const store = createTrustStore({ platform: "win32", env: {}, home: world.folder, run: playWindows(held) });
  Object.assign(world.replaced, { trustStore: async () => store });
  return held;
}

function openMachine() {
  const world = createTestWorld();
  const held = giveTrustStore(world);
  const qbo = (...words: string[]) => runQbo(["certs", ...words], world);
  const report = async (...words: string[]) => (await qbo(...words, "--json")).json<Report>();
  return { world, held, qbo, report };
}

describe("qbo certs", () => {
  it("tells of a machine where nothing was ever made, and makes nothing", async () => {
    const { report, qbo } = openMachine();
    expect(await report("status")).toMatchObject({ certificate: null, problem: null, trusted: false });
    expect((await qbo("status")).stdout).toContain("There is no certificate yet");
    expect(await report("status")).toMatchObject({ certificate: null });
  });

  it("asks before it changes what browsers trust, and shows what for", async () => {
    const { world, held, qbo } = openMachine();
    world.script.isAttended = true;
    world.script.answers = [[/trust it for localhost/, false]];
    expect((await qbo("trust", "--json")).error()).toMatchObject({ code: "CANCELLED" });
    expect(held).toEqual([]);
    world.script.answers = [[/trust it for localhost/, true]];
    const done = await qbo("trust");
    expect(done).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("✓ trusted") });
    expect(done.stderr).toMatch(/SHA-256\s+([0-9A-F]{2}:){31}/);
    expect(done.stdout).toContain("Firefox");
    expect(held).toHaveLength(1);
  });

  it("moves trust to the new leaf and leaves no old one behind", async () => {
    const { held, report } = openMachine();
    const { certificate: first } = await report("trust", "--yes");
    const renewed = await report("renew");
    expect(renewed).toMatchObject({ previousFingerprint: first?.fingerprint, trusted: true });
    expect(renewed.certificate?.fingerprint).not.toBe(first?.fingerprint);
    expect(held).toHaveLength(1);
    await report("untrust");
    expect(held).toEqual([]);
    expect(await report("renew")).toMatchObject({ trusted: false });
    expect(held).toEqual([]);
  });

  it("changes nothing when the new leaf is not let in", async () => {
    const { world, held, report, qbo } = openMachine();
    const before = await report("trust", "--yes");
    const file = readFileSync(join(world.paths.certificates, "callback.pem"), "utf8");
    const play = playWindows(held);
    const store = createTrustStore({
      platform: "win32",
      env: {},
      home: world.folder,
      run: async (program, words, input) =>
        words.includes("-addstore")
          ? { exitCode: 5, stdout: "Access is denied.", stderr: "" }
          : play(program, words, input),
    });
    Object.assign(world.replaced, { trustStore: async () => store });
    expect((await qbo("renew", "--json")).error()).toMatchObject({ code: "CERTIFICATE_UNUSABLE" });
    expect(readFileSync(join(world.paths.certificates, "callback.pem"), "utf8")).toBe(file);
    expect(await report("status")).toEqual(before);
  });
});

describe("a sign-in over https", () => {
  async function startSecure() {
    const intuit = await startEmulatedIntuit();
    const redirectUri = `https://localhost:${await findFreePort()}/callback`;
    await intuit.control("redirect-uri", { redirectUri });
    intuit.world.env["QBO_REDIRECT_URI"] = redirectUri;
    const held = giveTrustStore(intuit.world);
    // The browser of these tests trusts nobody: nothing comes back.
    const login = () => intuit.qbo("login", "--env", "emulator", "--timeout", "1", "--json");
    return { ...intuit, held, login };
  }

  it("announces the warning as long as there is one", async () => {
    const { qbo, login } = await startSecure();
    expect((await login()).stderr).toMatch(/the browser warns[^]*qbo certs trust/);
    await qbo("certs", "trust", "--yes");
    expect((await login()).stderr).not.toMatch(/warns|certs/);
    await qbo("certs", "untrust");
    expect((await login()).stderr).toMatch(/the browser warns/);
  });

  it("keeps a trusted leaf to its end, announces that, and then names the command", async () => {
    const { qbo, login, world } = await startSecure();
    await qbo("certs", "trust", "--yes");
    world.clock.advance(days(392));
    expect((await login()).stderr).toMatch(/expires on .* qbo certs renew/);
    const visits = world.visits.length;
    world.clock.advance(days(6));
    const error = (await login()).error();
    expect(error).toMatchObject({ code: "CERTIFICATE_UNUSABLE", exitCode: 7 });
    expect(error.hint).toContain("qbo certs renew");
    expect(world.visits).toHaveLength(visits);
    await qbo("certs", "renew");
    expect((await login()).error()).toMatchObject({ code: "LOGIN_TIMED_OUT" });
  });
});
