import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createFileVault } from "../../../src/adapters/vault/file.ts";
import { createKeychainVault } from "../../../src/adapters/vault/keychain.ts";
import { openRekeying } from "../../../src/adapters/vault/rekeying.ts";
import { Secret } from "../../../src/core/secret.ts";
import type { Lock, Vault } from "../../../src/core/store-ports.ts";
import { KeytarInMemory } from "../../contract/keytar-in-memory.ts";

const newKey = new Secret(Buffer.alloc(32, 9).toString("base64"));
const lock: Lock = { exclusively: (_name, work) => work({ assertOwned: async () => undefined }) };

async function startStore(keychain: Vault | undefined) {
  const folder = mkdtempSync(join(tmpdir(), "qbo-rekey-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const open = (storeKey?: Secret) => createFileVault({ folder, storeKey, keychain });
  for (const name of ["one", "two"]) await open().write(name, new Secret(`value of ${name}`));
  const rekey = () => openRekeying({ folder, storeKey: undefined, keychain, newKey, lock });
  return { folder, open, rekey };
}

describe("a store that kept its key itself", () => {
  const keytar = new KeytarInMemory();
  const keychain = createKeychainVault({ keytar, probeCommand: null, environment: {}, platform: "linux" });

  it.each([
    ["in a file", undefined, (folder: string) => existsSync(join(folder, "key"))],
    ["in the keychain", keychain, () => [...keytar.entries.keys()].some((name) => name.includes("store-key/"))],
  ])("%s is sealed with the given one, and the old one goes when nothing needs it", async (_, place, isKept) => {
    const { folder, open, rekey } = await startStore(place);
    const rekeying = (await rekey()) ?? expect.fail("there is a store");
    await rekeying.begin(async () => {
      expect(await rekeying.reseal("one", "one")).toBe("resealed");
      expect(await rekeying.reseal("one", "one")).toBe("unchanged");
      expect(await rekeying.reseal("three", "three")).toBe("absent");
      // What nobody names keeps the old key, and keeps it alive.
      await rekeying.finish();
    });
    expect(isKept(folder)).toBe(true);
    expect((await open(newKey).read("one"))?.reveal()).toBe("value of one");
    await expect(open(newKey).read("two")).rejects.toMatchObject({ code: "STORE_CORRUPT" });
    await expect(open().read("one")).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
  });

  it.each([
    ["in a file", undefined, (folder: string) => existsSync(join(folder, "key"))],
    ["in the keychain", keychain, () => [...keytar.entries.keys()].some((name) => name.includes("store-key/"))],
  ])("%s forgets it in the end", async (_, place, isKept) => {
    keytar.entries.clear();
    const { folder, open, rekey } = await startStore(place);
    expect(isKept(folder)).toBe(true);
    const rekeying = (await rekey()) ?? expect.fail("there is a store");
    await rekeying.begin(async () => {
      for (const name of ["one", "two"]) await rekeying.reseal(name, name);
      await rekeying.finish();
    });
    expect(isKept(folder)).toBe(false);
    expect(await rekeying.count()).toEqual([{ key: rekeying.to, records: 2 }]);
    expect((await open(newKey).read("two"))?.reveal()).toBe("value of two");
    await expect(
      open(new Secret(Buffer.alloc(32, 1).toString("base64"))).write("x", new Secret("y")),
    ).rejects.toMatchObject({
      code: "STORE_CORRUPT",
    });
  });
});
