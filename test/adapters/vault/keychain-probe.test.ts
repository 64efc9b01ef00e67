import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { exerciseKeychain, probeInChild } from "../../../src/adapters/vault/keychain-probe.ts";
import { KeytarInMemory } from "../../contract/keytar-in-memory.ts";

const short = { service: 300, person: 700 };
/** For children that have something to do first, however slowly they start. */
const long = { service: 20_000, person: 20_000 };
const announced: string[] = [];

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const probe = (script: string, { limits = long, mayAsk = false } = {}) =>
  probeInChild(
    {
      command: { command: process.execPath, args: ["--eval", script] },
      environment: { PATH: process.env["PATH"], QBO_STORE_KEY: "hidden", SEEN: "seen" },
      platform: "linux",
      limits,
      announce: (text) => announced.push(text),
    },
    { mayAsk },
  );

describe("the probe's child", () => {
  it("is believed when it says that the keychain works", async () => {
    await expect(probe(`console.log('{"ok":true}')`)).resolves.toBeUndefined();
  });

  it.each([
    [
      `console.log('{"ok":false,"stage":"write","message":"Cannot create an item in a locked collection"}')`,
      "the keyring is locked",
    ],
    ["console.log('nonsense')", "the check gave no readable answer"],
    [`console.log('{"ok":"yes"}')`, "the check gave no readable answer"],
    ["process.exit(3)", "the check ended without an answer, with status 3"],
    ["process.kill(process.pid, 'SIGSEGV')", "the check ended without an answer, with SIGSEGV"],
  ])("says %s", async (script, reason) => {
    await expect(probe(script)).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      message: expect.stringContaining(reason),
    });
  });

  it("is ended when it hangs, also after its answer", async () => {
    await expect(probe("setInterval(() => {}, 1000)", { limits: short })).rejects.toMatchObject({
      message: expect.stringContaining("in time"),
    });
    await probe(`console.log('{"ok":true}'); setInterval(() => {}, 1000)`);
    expect(announced).toEqual([]);
  });

  it("is gone after it hung", async () => {
    const folder = mkdtempSync(join(tmpdir(), "qbo-probe-"));
    const note = join(folder, "pid");
    const script = `require("node:fs").writeFileSync(${JSON.stringify(note)}, String(process.pid)); setInterval(() => {}, 1000)`;
    // A child that is ended before it has begun proves nothing.
    for (let person = 700; !existsSync(note); person *= 3)
      await expect(probe(script, { limits: { service: 300, person }, mayAsk: true })).rejects.toMatchObject({
        code: "STORE_UNAVAILABLE",
      });
    const pid = Number(readFileSync(note, "utf8"));
    rmSync(folder, { recursive: true });
    await vi.waitUntil(() => !isAlive(pid), { interval: 20, timeout: 20_000 });
  });

  it("gives a person more time, and says so once", async () => {
    announced.length = 0;
    await expect(probe("setInterval(() => {}, 1000)", { limits: short, mayAsk: true })).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
    });
    expect(announced).toEqual([expect.stringContaining("desktop")]);
  });

  it("does not inherit settings, which may be secrets", async () => {
    const isShut = `process.env.SEEN === "seen" && process.env.QBO_STORE_KEY === undefined`;
    await expect(probe(`console.log(JSON.stringify({ ok: ${isShut} }))`)).resolves.toBeUndefined();
  });

  it("cannot be started: that is a reason, too", async () => {
    const command = { command: "/nowhere/node", args: [] };
    const started = probeInChild(
      { command, environment: {}, platform: "linux", limits: long, announce: () => undefined },
      { mayAsk: false },
    );
    await expect(started).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      message: expect.stringContaining("could not be started"),
    });
  });
});

describe("exercising a keychain", () => {
  it("names the step at which it fails", async () => {
    const forgetful = new KeytarInMemory();
    forgetful.setPassword = async () => undefined;
    expect(await exerciseKeychain(forgetful)).toMatchObject({ ok: false, stage: "read" });
    const sticky = new KeytarInMemory();
    sticky.deletePassword = async () => false;
    expect(await exerciseKeychain(sticky)).toMatchObject({ ok: false, stage: "remove" });
    const locked = new KeytarInMemory();
    locked.isLocked = true;
    expect(await exerciseKeychain(locked)).toMatchObject({ ok: false, stage: "write" });
    expect(await exerciseKeychain(new KeytarInMemory())).toEqual({ ok: true });
  });
});
