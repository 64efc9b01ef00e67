import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/adapters/clock.ts";
import { createHttp } from "../../src/adapters/http/http.ts";
import { createLock } from "../../src/adapters/lock/lock.ts";
import { systemRandom } from "../../src/adapters/random.ts";
import { createKeychainVault } from "../../src/adapters/vault/keychain.ts";
import { QboError } from "../../src/core/errors.ts";
import { createVaultCredentialStore } from "../../src/flows/store/vault-credential-store.ts";
import { KeytarInMemory } from "../contract/keytar-in-memory.ts";
import { startEmulatedIntuit } from "../world/emulated-intuit.ts";

/** A machine whose keychain, or whose every file, fails from the moment on at which Intuit has answered. */
async function startWithKeychain() {
  const intuit = await startEmulatedIntuit();
  const { world } = intuit;
  const keytar = new KeytarInMemory();
  const vault = createKeychainVault({ keytar, probeCommand: null, environment: {}, platform: "linux" });
  const { locks: folder } = world.paths;
  const lock = createLock({ folder, clock: systemClock, host: "here", pid: process.pid, random: systemRandom });
  const store = createVaultCredentialStore({ vault, lock, isProbeCheap: false });
  Object.assign(world.replaced, { openStore: async () => store });
  // Were the old refresh token used again after all, the connection would be dead.
  await intuit.control("policy", { rotateAfterSeconds: 0, oldRefreshTokens: "revoke-chain" });
  await intuit.signIn(undefined, "--name", "acme");
  const failOnceAnswered = (fail: () => void) => {
    const http = createHttp({ env: {}, version: "1.2.3" });
    Object.assign(world.replaced, {
      http: async () => ({
        async send(request: Parameters<typeof http.send>[0]) {
          const answer = await http.send(request);
          fail();
          return answer;
        },
      }),
    });
  };
  const mend = () => {
    keytar.isLocked = false;
    for (const door of ["http", "rescue", "journal", "facts"] as const) delete world.replaced[door];
  };
  return { ...intuit, keytar, failOnceAnswered, mend };
}

describe("a keychain that fails on writing the new tokens", () => {
  it("costs nothing: they are kept elsewhere, sealed, and come back by themselves", async () => {
    const { qbo, keytar, failOnceAnswered, mend, world, effects } = await startWithKeychain();
    const before = new Map(keytar.entries);
    failOnceAnswered(() => (keytar.isLocked = true));

    const failed = (await qbo("refresh", "acme", "--json")).error();
    expect(failed).toMatchObject({ code: "STORE_UNAVAILABLE", exitCode: 7, connection: "acme" });
    expect(keytar.entries).toEqual(before);
    const [file = ""] = readdirSync(world.paths.rescue);
    const place = join(world.paths.rescue, file);
    expect(failed.hint).toContain(place);
    expect(failed.hint).toContain("qbo refresh acme");
    expect(readFileSync(place, "utf8")).not.toMatch(/RT1-|eyJ/);

    mend();
    expect((await qbo("refresh", "acme")).exitCode).toBe(0);
    expect(existsSync(place)).toBe(false);
    expect((await qbo("companyinfo", "acme")).exitCode).toBe(0);
    expect((await qbo("refresh", "acme")).exitCode).toBe(0);
    expect(await effects()).toMatchObject({ refreshes: 2, rejectedRefreshes: 0 });
  });

  it("is noticed before a request is sent, when it shows by then", async () => {
    const { qbo, keytar, effects, advance } = await startWithKeychain();
    await advance(2 * 3600);
    keytar.isLocked = true;
    for (const command of ["token", "refresh", "companyinfo"])
      expect((await qbo(command, "--json")).error()).toMatchObject({ code: "STORE_UNAVAILABLE", exitCode: 7 });
    expect(await effects()).toMatchObject({ refreshes: 0 });
    keytar.isLocked = false;
    expect((await qbo("refresh")).exitCode).toBe(0);
  });

  it("is told as it is when the second place fails, too", async () => {
    const { qbo, keytar, failOnceAnswered, world } = await startWithKeychain();
    failOnceAnswered(() => (keytar.isLocked = true));
    const full = async () => {
      throw new QboError("FILES_UNAVAILABLE", "The disk is full.");
    };
    Object.assign(world.replaced, { rescue: { write: full, read: async () => undefined, remove: full } });
    const failed = (await qbo("refresh", "acme", "--json")).error();
    expect(failed).toMatchObject({ code: "STORE_UNAVAILABLE", exitCode: 7, connection: "acme" });
    expect(failed.hint).toMatch(/No other place took them: The disk is full\..*qbo refresh acme.*qbo login acme/);
  });
});

describe("book-keeping that fails after the tokens are stored", () => {
  const plain = { json: false, quiet: false, verbose: false, debug: false, color: false, input: false };

  it.each(["journal", "facts"] as const)("is told, and makes no failure of the success: %s", async (door) => {
    const { qbo, failOnceAnswered, mend, world } = await startWithKeychain();
    const { journal, facts } = world.open(plain, () => undefined);
    let isFull = false;
    failOnceAnswered(() => (isFull = true));
    const guard = () => {
      if (isFull) throw new QboError("FILES_UNAVAILABLE", "The disk is full.");
    };
    const failing = {
      journal: {
        ...journal,
        append: async (event: Parameters<typeof journal.append>[0]) => (guard(), journal.append(event)),
      },
      facts: {
        ...facts,
        update: async (...change: Parameters<typeof facts.update>) => (guard(), facts.update(...change)),
      },
    };
    Object.assign(world.replaced, { [door]: failing[door] });
    const outcome = await qbo("refresh", "acme");
    expect({ exitCode: outcome.exitCode, stderr: outcome.stderr }).toMatchObject({ exitCode: 0 });
    expect(outcome.stderr).toContain("What happened to acme could not be noted: The disk is full.");
    mend();
    expect((await qbo("refresh", "acme")).exitCode).toBe(0);
    expect((await qbo("status", "--json")).json()).toMatchObject({ connections: [{ state: "ready" }] });
  });
});
