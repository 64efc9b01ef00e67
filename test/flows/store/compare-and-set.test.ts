import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../../src/adapters/clock.ts";
import { createLock } from "../../../src/adapters/lock/lock.ts";
import { systemRandom } from "../../../src/adapters/random.ts";
import { createFileVault } from "../../../src/adapters/vault/file.ts";
import { createKeychainVault } from "../../../src/adapters/vault/keychain.ts";
import { QboError } from "../../../src/core/errors.ts";
import { StaleGeneration } from "../../../src/core/failures.ts";
import { Secret } from "../../../src/core/secret.ts";
import type { CredentialStore, Lock, Vault } from "../../../src/core/store-ports.ts";
import type { Tokens } from "../../../src/core/tokens.ts";
import { createVaultCredentialStore } from "../../../src/flows/store/vault-credential-store.ts";
import { KeytarInMemory } from "../../contract/keytar-in-memory.ts";
import { firstRealm, get } from "../../emulator/emulator-client.ts";
import { startEmulatedIntuit, type EmulatedIntuit } from "../../world/emulated-intuit.ts";

const id = "emulator/ABc123/9130350000000001";

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "qbo-race-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Each answers a place; whoever opens it is another process to those who opened it before. */
const vaults: [string, () => () => Vault][] = [
  [
    "file",
    () => {
      const folder = makeFolder();
      const storeKey = new Secret(Buffer.alloc(32, 7).toString("base64"));
      return () => createFileVault({ folder, storeKey, keychain: undefined });
    },
  ],
  [
    "keychain",
    () => {
      const keytar = new KeytarInMemory();
      return () => createKeychainVault({ keytar, probeCommand: null, environment: {}, platform: "linux" });
    },
  ],
  [
    "keychain in pieces",
    () => {
      const keytar = new KeytarInMemory({ maxBytes: 2560 });
      return () => createKeychainVault({ keytar, probeCommand: null, environment: {}, platform: "win32" });
    },
  ],
];

/** Lets everybody in at once, as if each had slept past the stale time; `isLost` as they find out. */
function createBrokenLock(isLost: () => boolean): Lock {
  return {
    exclusively: (_name, work) =>
      work({
        async assertOwned() {
          if (isLost()) throw new QboError("LOCK_TIMED_OUT", "This process was suspended for so long.");
        },
      }),
  };
}

function makeTokens(generation: number, value: string): Tokens {
  const expiresAt = Date.parse("2030-01-02T03:04:05Z");
  return {
    generation,
    accessToken: { secret: new Secret(`access ${value} ${"x".repeat(3000)}`), expiresAt },
    refreshToken: { secret: new Secret(`refresh ${value}`), expiresAt, rotatedAt: expiresAt, hardExpiresAt: null },
  };
}

async function readRefreshToken(store: CredentialStore): Promise<string | undefined> {
  return (await store.load(id))?.refreshToken.secret.reveal();
}

describe.each(vaults)("in the %s store", (_, makePlace) => {
  function openStore(lock: Lock = createBrokenLock(() => false)) {
    const open = makePlace();
    const openOnce = () => createVaultCredentialStore({ vault: open(), lock, isProbeCheap: false });
    return { store: openOnce(), other: openOnce() };
  }

  it("a save that follows an older generation is refused, and what is stored stays", async () => {
    const { store, other } = openStore();
    await store.exclusively(id, (held) => held.save(makeTokens(1, "one"), { after: 0 }));
    await other.exclusively(id, (held) => held.save(makeTokens(2, "two"), { after: 1 }));
    for (const after of [0, 1, 3]) {
      const late = store.exclusively(id, (held) => held.save(makeTokens(after + 1, "late"), { after }));
      await expect(late).rejects.toThrow(StaleGeneration);
      expect(await readRefreshToken(other)).toBe("refresh two");
    }
  });

  it("a save after a removal is refused: what was revoked does not come back", async () => {
    const { store, other } = openStore();
    await store.exclusively(id, (held) => held.save(makeTokens(1, "one"), { after: 0 }));
    await other.exclusively(id, (held) => held.remove());
    const late = store.exclusively(id, (held) => held.save(makeTokens(2, "late"), { after: 1 }));
    await expect(late).rejects.toThrow(StaleGeneration);
    expect(await other.load(id)).toBeUndefined();
  });

  it("who has lost the lock changes nothing at all", async () => {
    let isLost = false;
    const { store, other } = openStore(createBrokenLock(() => isLost));
    await store.exclusively(id, (held) => held.save(makeTokens(1, "one"), { after: 0 }));
    isLost = true;
    const lost = { code: "LOCK_TIMED_OUT" };
    const save = store.exclusively(id, (held) => held.save(makeTokens(2, "late"), { after: 1 }));
    await expect(save).rejects.toMatchObject(lost);
    await expect(store.exclusively(id, (held) => held.replace(makeTokens(2, "late")))).rejects.toMatchObject(lost);
    await expect(store.exclusively(id, (held) => held.remove())).rejects.toMatchObject(lost);
    expect(await readRefreshToken(other)).toBe("refresh one");
  });

  it("of many that follow the same generation, exactly one saves", async () => {
    const folder = makeFolder();
    const lock = createLock({ folder, clock: systemClock, host: "here", pid: process.pid, random: systemRandom });
    const { store, other } = openStore(lock);
    await store.exclusively(id, (held) => held.save(makeTokens(1, "one"), { after: 0 }));
    const names = Array.from({ length: 6 }, (_each, index) => `racer ${index}`);
    const results = await Promise.allSettled(
      names.map((name, index) =>
        (index % 2 === 0 ? store : other).exclusively(id, (held) => held.save(makeTokens(2, name), { after: 1 })),
      ),
    );
    const winners = names.filter((_name, index) => results[index]?.status === "fulfilled");
    expect(winners).toHaveLength(1);
    expect(await readRefreshToken(other)).toBe(`refresh ${winners[0]}`);
  });

  describe("between commands that are under way together", () => {
    /** A machine whose connections lie in this store; every command opens it anew. */
    async function startRace(): Promise<EmulatedIntuit & { store: CredentialStore }> {
      const intuit = await startEmulatedIntuit({ latencyMs: 15 });
      const folder = intuit.world.paths.locks;
      const lock = createLock({ folder, clock: systemClock, host: "here", pid: process.pid, random: systemRandom });
      const open = makePlace();
      const openOnce = () => createVaultCredentialStore({ vault: open(), lock, isProbeCheap: false });
      Object.assign(intuit.world.replaced, { openStore: async () => openOnce() });
      await intuit.control("policy", { rotateAfterSeconds: 0, oldRefreshTokens: "revoke-chain" });
      await intuit.signIn(undefined, "--name", "acme");
      return { ...intuit, store: openOnce() };
    }

    async function findStored({ store, emulator }: Awaited<ReturnType<typeof startRace>>) {
      return store.load(`emulator/qbo-emulator-client/${firstRealm(emulator)}`);
    }

    it("refreshes and a revocation: it is gone in the end, and nobody is told anything untrue", async () => {
      for (let round = 0; round < 4; round += 1) {
        const race = await startRace();
        const { qbo } = race;
        const refreshes = [qbo("refresh", "acme", "--json"), qbo("refresh", "acme", "--json")];
        const revoke = qbo("revoke", "acme", "--yes", "--json");
        const others = [qbo("refresh", "acme", "--json"), qbo("token", "acme", "--json")];
        expect((await revoke).json()).toMatchObject({ results: [{ remote: "revoked", local: "disconnected" }] });
        for (const outcome of await Promise.all([...refreshes, ...others])) {
          if (outcome.exitCode !== 0) expect(outcome.error()).toMatchObject({ code: "NOT_CONNECTED", exitCode: 4 });
        }
        expect(await findStored(race)).toBeUndefined();
        const status = (await qbo("status", "--json")).json();
        expect(status).toMatchObject({ connections: [{ state: "disconnected" }] });
      }
    });

    it("refreshes and a new sign-in: the tokens of the sign-in stay, and live", async () => {
      for (let round = 0; round < 4; round += 1) {
        const race = await startRace();
        const { qbo, signIn, emulator } = race;
        const before = (await findStored(race))?.generation ?? 0;
        const outcomes = await Promise.all([
          qbo("refresh", "acme"),
          signIn(undefined, "acme"),
          qbo("refresh", "acme"),
          qbo("refresh", "acme"),
        ]);
        expect(outcomes.map(({ exitCode, stderr }) => (exitCode === 0 ? "" : stderr))).toEqual(["", "", "", ""]);
        expect((await findStored(race))?.generation).toBeGreaterThan(before + 1);
        expect((await qbo("refresh", "acme")).exitCode).toBe(0);
        const token = (await qbo("token", "acme")).stdout.trim();
        expect((await get(emulator, "/v1/openid_connect/userinfo", token)).status).toBe(200);
      }
    });

    it("a refresh whose answer comes after another holder has saved: the winner's tokens are the answer", async () => {
      const race = await startRace();
      const { world, qbo } = race;
      const current = await findStored(race);
      const winner = makeTokens((current?.generation ?? 0) + 1, "winner");
      const { createHttp } = await import("../../../src/adapters/http/http.ts");
      const http = createHttp({ env: {}, version: "1.2.3" });
      Object.assign(world.replaced, {
        http: async () => ({
          async send(request: Parameters<typeof http.send>[0]) {
            const answer = await http.send(request);
            // As one would who took the lock over while this one slept.
            rmSync(world.paths.locks, { recursive: true });
            await race.store.exclusively(`emulator/qbo-emulator-client/${firstRealm(race.emulator)}`, (held) =>
              held.save(winner, { after: winner.generation - 1 }),
            );
            return answer;
          },
        }),
      });
      const outcome = await qbo("refresh", "acme", "--json");
      expect(outcome.json()).toMatchObject({ results: [{ outcome: "unchanged" }] });
      expect((await findStored(race))?.refreshToken.secret.reveal()).toBe("refresh winner");
    });
  });
});
