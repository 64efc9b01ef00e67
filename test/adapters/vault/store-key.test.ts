import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFileVault } from "../../../src/adapters/vault/file.ts";
import { generateStoreKey } from "../../../src/adapters/vault/key-material.ts";
import { createKeychainVault } from "../../../src/adapters/vault/keychain.ts";
import type { Vault } from "../../../src/core/store-ports.ts";
import { Secret } from "../../../src/core/secret.ts";
import { KeytarInMemory } from "../../contract/keytar-in-memory.ts";

const key = "tokens/sandbox/app/1";
let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "qbo-store-key-")), "secrets");
});
afterEach(() => rmSync(join(folder, ".."), { recursive: true }));

const openKeychain = (keytar: KeytarInMemory) =>
  createKeychainVault({ probeCommand: null, environment: {}, platform: "linux", keytar });
const open = ({ storeKey, keychain }: { storeKey?: string; keychain?: Vault } = {}) =>
  createFileVault({ folder, storeKey: storeKey === undefined ? undefined : new Secret(storeKey), keychain });
const write = (vault: Vault, text = "value") => vault.write(key, new Secret(text));
const read = async (vault: Vault) => (await vault.read(key))?.reveal();
const readDescription = (): Record<string, string> => JSON.parse(readFileSync(join(folder, "store.json"), "utf8"));
const locateKey = () => join(folder, "key");

describe("QBO_STORE_KEY", () => {
  it("opens the store again in each of its forms, also when the store's description is lost", async () => {
    const bytes = Buffer.from(generateStoreKey(), "base64");
    const forms = (["base64", "base64url", "hex"] as const).map((encoding) => bytes.toString(encoding));
    await write(open({ storeKey: forms[0] ?? "" }));
    expect(readDescription()["keySource"]).toBe("environment");
    expect(readdirSync(folder)).not.toContain("key");
    for (const storeKey of [...forms, `${forms[0]}\n`]) expect(await read(open({ storeKey }))).toBe("value");
    rmSync(join(folder, "store.json"));
    expect(await read(open({ storeKey: forms[2] ?? "" }))).toBe("value");
    await write(open({ storeKey: forms[2] ?? "" }), "new");
    expect(await read(open({ storeKey: forms[1] ?? "" }))).toBe("new");
  });

  it("may be a passphrase, stretched with the store's own salt", async () => {
    const storeKey = "correct horse battery";
    await write(open({ storeKey }));
    expect(await read(open({ storeKey }))).toBe("value");
    const { keyId } = readDescription();
    await expect(read(open({ storeKey: "another horse battery" }))).rejects.toMatchObject({
      code: "STORE_CORRUPT",
      message: expect.stringContaining(`another key (${keyId}, `),
      hint: expect.stringContaining("Set QBO_STORE_KEY"),
    });
    rmSync(join(folder, "store.json"));
    await expect(read(open({ storeKey }))).rejects.toMatchObject({ code: "STORE_CORRUPT" });
    await expect(write(open({ storeKey }))).rejects.toMatchObject({ code: "STORE_CORRUPT" });
  });

  it("gives another key in every store for the same passphrase", async () => {
    const storeKey = "correct horse battery";
    await write(open({ storeKey }));
    const first = readDescription();
    rmSync(folder, { recursive: true });
    await write(open({ storeKey }));
    expect(readDescription()["keyId"]).not.toBe(first["keyId"]);
  });

  it.each(["", "short", "eleven char"])("is refused when it is too weak: %j", async (storeKey) => {
    await expect(write(open({ storeKey }))).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      hint: expect.stringContaining("qbo store keygen"),
    });
  });

  it("is missed in words when the store was made with it", async () => {
    await write(open({ storeKey: generateStoreKey() }));
    const missing = { code: "STORE_UNAVAILABLE", hint: expect.stringContaining("Set QBO_STORE_KEY") };
    await expect(read(open())).rejects.toMatchObject(missing);
    await expect(write(open())).rejects.toMatchObject(missing);
    expect(await open().read("never/written")).toBeUndefined();
  });

  it("comes before the key that a store keeps, whose records then say where their key lies", async () => {
    await write(open());
    const other = open({ storeKey: generateStoreKey() });
    await expect(read(other)).rejects.toMatchObject({
      message: expect.stringContaining(`in the file ${locateKey()}`),
      hint: expect.stringContaining("Unset QBO_STORE_KEY"),
    });
    await write(other, "resealed");
    expect(await read(other)).toBe("resealed");
    await expect(read(open())).rejects.toMatchObject({ hint: expect.stringContaining("with the ID") });
  });

  it("never shows in an error or in the description", async () => {
    const storeKey = generateStoreKey();
    await write(open({ storeKey }));
    const error: unknown = await read(open({ storeKey: generateStoreKey() })).catch((failure: unknown) => failure);
    expect(JSON.stringify(error) + String(error)).not.toContain(storeKey);
    expect(await open({ storeKey }).describe()).toMatch(/QBO_STORE_KEY\.$/);
    expect(readFileSync(join(folder, "store.json"), "utf8")).not.toContain(storeKey);
  });
});

describe("a key in the keychain", () => {
  it("is chosen when the keychain works, and needed from then on", async () => {
    const keytar = new KeytarInMemory();
    await write(open({ keychain: openKeychain(keytar) }));
    expect(readDescription()["keySource"]).toBe("keychain");
    expect([...keytar.entries.keys()]).toEqual([`qbo-cli|store-key/${readDescription()["id"]}`]);
    expect(readdirSync(folder)).not.toContain("key");
    expect(await read(open({ keychain: openKeychain(keytar) }))).toBe("value");
    expect(await open({ keychain: openKeychain(keytar) }).describe()).toContain("in the keychain");
    await expect(read(open())).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    keytar.isLocked = true;
    const locked = open({ keychain: openKeychain(keytar) });
    for (const work of [() => read(locked), () => write(locked), () => locked.probe({ mayAsk: false })]) {
      await expect(work()).rejects.toMatchObject({
        code: "STORE_UNAVAILABLE",
        message: expect.stringContaining("locked"),
      });
    }
    keytar.isLocked = false;
    expect(await read(locked)).toBe("value");
    keytar.entries.clear();
    const emptied = open({ keychain: openKeychain(keytar) });
    for (const work of [() => read(emptied), () => write(emptied)]) {
      await expect(work()).rejects.toMatchObject({
        code: "STORE_CORRUPT",
        message: expect.stringContaining("removed from the keychain"),
      });
    }
  });

  it("is not chosen when the keychain is locked", async () => {
    const keytar = new KeytarInMemory();
    keytar.isLocked = true;
    await write(open({ keychain: openKeychain(keytar) }));
    expect(readDescription()["keySource"]).toBe("key-file");
    keytar.isLocked = false;
    expect(await read(open({ keychain: openKeychain(keytar) }))).toBe("value");
  });
});

describe("a key file", () => {
  it("is described with what it protects", async () => {
    expect(await open().describe()).toContain("the first sign-in puts their key");
    await write(open());
    expect(await open().describe()).toContain(
      `in the file ${locateKey()}: copies made without that file are protected, but not`,
    );
  });

  it.skipIf(process.platform === "win32")("is private, and refused when others may read it", async () => {
    await write(open());
    expect(statSync(locateKey()).mode & 0o777).toBe(0o600);
    chmodSync(locateKey(), 0o640);
    await expect(read(open())).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      hint: expect.stringContaining(`chmod 600 '${locateKey()}'`),
    });
    chmodSync(locateKey(), 0o600);
    expect(await read(open())).toBe("value");
  });

  it.each<[string, () => void]>([
    ["gone", () => rmSync(locateKey())],
    ["damaged", () => writeFileSync(locateKey(), "nonsense")],
    ["another one", () => writeFileSync(locateKey(), generateStoreKey())],
  ])("is %s: nothing is read, nothing is written, nothing is made anew", async (_, spoil) => {
    await write(open());
    spoil();
    const before = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]);
    await expect(read(open())).rejects.toMatchObject({ code: "STORE_CORRUPT" });
    await expect(write(open())).rejects.toMatchObject({ code: "STORE_CORRUPT" });
    expect(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")])).toEqual(before);
  });

  it("serves a store whose maker died before the description was written", async () => {
    await write(open());
    const left = readFileSync(locateKey(), "utf8");
    for (const name of readdirSync(folder)) if (name !== "key") rmSync(join(folder, name));
    await write(open(), "new");
    expect(readFileSync(locateKey(), "utf8")).toBe(left);
    expect(await read(open())).toBe("new");
  });
});
