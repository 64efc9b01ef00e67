import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFileVault } from "../../../src/adapters/vault/file.ts";
import { createKeychainVault } from "../../../src/adapters/vault/keychain.ts";
import type { Vault } from "../../../src/core/store-ports.ts";
import { Secret } from "../../../src/core/secret.ts";
import { KeytarInMemory } from "../../contract/keytar-in-memory.ts";
import { buildVaultProgram } from "../../contract/vault-process.ts";

const key = "tokens/sandbox/app/1";
let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "qbo-store-key-")), "secrets");
});
afterEach(() => rmSync(join(folder, ".."), { recursive: true }));

const openKeychain = (keytar: KeytarInMemory) =>
  createKeychainVault({ probeCommand: null, environment: {}, platform: "linux", keytar });
const open = ({ keychain }: { keychain?: Vault } = {}) => createFileVault({ folder, storeKey: undefined, keychain });
const write = (vault: Vault, text = "value") => vault.write(key, new Secret(text));
const read = async (vault: Vault) => (await vault.read(key))?.reveal();
const readDescription = (): Record<string, string> => JSON.parse(readFileSync(join(folder, "store.json"), "utf8"));

describe("the store's description", () => {
  it.each(["", "{}", '{"version":1}', '{"version":1,"id":"a","keySource":"elsewhere","salt":"","keyId":"a"}'])(
    "is damaged: %s",
    async (text) => {
      await write(open());
      writeFileSync(join(folder, "store.json"), text);
      await expect(read(open())).rejects.toMatchObject({
        code: "STORE_CORRUPT",
        message: expect.stringContaining("store.json is damaged"),
      });
      await expect(write(open())).rejects.toMatchObject({ code: "STORE_CORRUPT" });
    },
  );

  it("is not made anew over records whose key would be lost", async () => {
    await write(open());
    rmSync(join(folder, "store.json"));
    await expect(write(open())).rejects.toMatchObject({
      code: "STORE_CORRUPT",
      message: expect.stringContaining("is gone"),
    });
  });

  it("is settled once, however many begin the store: in this process and in others", async () => {
    const program = await buildVaultProgram();
    const processes = Array.from({ length: 6 }, () => program.start({ folder }, { env: {} }));
    try {
      const vaults = [...processes.map(({ vault }) => vault), ...Array.from({ length: 44 }, () => open())];
      await Promise.all(vaults.map((vault, index) => vault.write(`tokens/${index}`, new Secret(`value ${index}`))));
      for (const index of vaults.keys())
        expect((await open().read(`tokens/${index}`))?.reveal()).toBe(`value ${index}`);
    } finally {
      await Promise.all(processes.map((process) => process.stop()));
      await program.remove();
    }
    expect(
      readdirSync(folder)
        .filter((name) => !name.endsWith(".sealed"))
        .toSorted(),
    ).toEqual(["key", "store.json"]);
  });

  it("is settled once with the keychain, too, and losers leave no key behind", async () => {
    const keytar = new KeytarInMemory();
    const vaults = Array.from({ length: 50 }, () => open({ keychain: openKeychain(keytar) }));
    await Promise.all(vaults.map((vault, index) => vault.write(`tokens/${index}`, new Secret("value"))));
    for (const index of vaults.keys()) {
      expect((await open({ keychain: openKeychain(keytar) }).read(`tokens/${index}`))?.reveal()).toBe("value");
    }
    expect([...keytar.entries.keys()]).toEqual([`qbo-cli|store-key/${readDescription()["id"]}`]);
  });
});
