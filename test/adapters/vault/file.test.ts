import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFileVault, locateRecord } from "../../../src/adapters/vault/file.ts";
import { Secret } from "../../../src/core/secret.ts";
import { randomText, testVault } from "../../contract/vault.ts";

let place: string;
let folder: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "qbo-file-vault-"));
  folder = join(place, "state", "secrets");
});
afterEach(() => rmSync(place, { recursive: true }));

const open = (at = folder) => createFileVault({ folder: at, storeKey: undefined, keychain: undefined });
const key = "tokens/sandbox/app/1";
const readRecord = (path: string): Record<string, unknown> => JSON.parse(readFileSync(path, "utf8"));
const isWithModes = process.platform !== "win32";

testVault("sealed files", async () => {
  const home = mkdtempSync(join(tmpdir(), "qbo-file-contract-"));
  writeFileSync(join(home, "plain"), "");
  return {
    vault: open(join(home, "store")),
    twin: open(join(home, "store")),
    unreachable: open(join(home, "plain", "store")),
    close: async () => rmSync(home, { recursive: true }),
  };
});

describe("sealed files", () => {
  it("show nothing of the value, and leave no draft behind", async () => {
    const token = randomText(4096);
    await open().write(key, new Secret(token));
    await open().write(key, new Secret(token));
    const names = readdirSync(folder);
    expect(names.toSorted()).toEqual([
      "key",
      "store.json",
      expect.stringMatching(/^tokens-sandbox-app-1-[0-9a-f]{16}\.sealed$/),
    ]);
    for (const name of names) expect(readFileSync(join(folder, name), "utf8")).not.toContain(token.slice(0, 20));
  });

  it.runIf(isWithModes)("are private, in a private folder, and made so again by the next write", async () => {
    await open().write(key, new Secret("value"));
    const modes = () =>
      [folder, ...readdirSync(folder).map((name) => join(folder, name))].map((path) => statSync(path).mode & 0o777);
    expect(modes()).toEqual([0o700, 0o600, 0o600, 0o600]);
    chmodSync(folder, 0o755);
    chmodSync(locateRecord(folder, key), 0o644);
    await open().write(key, new Secret("value"));
    expect(modes()).toEqual([0o700, 0o600, 0o600, 0o600]);
  });

  it("are bound to their key: a record moved to another name does not open", async () => {
    const other = "tokens/production/app/1";
    await open().write(key, new Secret("value"));
    await open().write(other, new Secret("other"));
    renameSync(locateRecord(folder, key), locateRecord(folder, other));
    await expect(open().read(other)).rejects.toMatchObject({
      code: "STORE_CORRUPT",
      message: expect.stringContaining(locateRecord(folder, other)),
    });
  });

  it("have safe names, different for every key", () => {
    const keys = ["a/b", "a-b", "A/b", "a//b", "../../etc/passwd", "con", "x".repeat(500), `${"x".repeat(499)}y`];
    const names = keys.map((name) => locateRecord("", name));
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(keys.length);
    for (const name of names) expect(name).toMatch(/^[a-z0-9-]{1,120}\.sealed$/);
  });
});

describe("a record that cannot be used", () => {
  const change = async (edit: (record: Record<string, unknown>) => unknown) => {
    const path = locateRecord(folder, key);
    await open().write(key, new Secret("value"));
    const changed = edit(readRecord(path));
    writeFileSync(path, typeof changed === "string" ? changed : JSON.stringify(changed));
    return path;
  };
  const flip = (text: unknown) => {
    const bytes = Buffer.from(String(text), "base64");
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    return bytes.toString("base64");
  };

  it.each<[string, (record: Record<string, unknown>) => unknown]>([
    ["empty", () => ""],
    ["cut off", (record) => JSON.stringify(record).slice(0, 40)],
    ["another JSON", () => "[1]"],
    ["without a field", (record) => ({ ...record, nonce: undefined })],
    ["with a short nonce", (record) => ({ ...record, nonce: "AAAA" })],
    ["with a changed nonce", (record) => ({ ...record, nonce: flip(record["nonce"]) })],
    ["with changed content", (record) => ({ ...record, sealed: flip(record["sealed"]) })],
    ["without content", (record) => ({ ...record, sealed: "" })],
    ["of version 0", (record) => ({ ...record, version: 0 })],
  ])("is damaged when it is %s", async (_, edit) => {
    const path = await change(edit);
    const before = readFileSync(path);
    await expect(open().read(key)).rejects.toMatchObject({
      code: "STORE_CORRUPT",
      message: `The store's ${path} is damaged.`,
    });
    expect(readFileSync(path)).toEqual(before);
  });

  it("is of a newer qbo", async () => {
    await change((record) => ({ ...record, version: 2, more: true }));
    await expect(open().read(key)).rejects.toMatchObject({
      code: "STORE_CORRUPT",
      message: expect.stringContaining("newer qbo"),
    });
  });

  it("is sealed with another key, which is said with the IDs of both", async () => {
    await change((record) => ({ ...record, key: "0123abcd" }));
    await expect(open().read(key)).rejects.toMatchObject({
      code: "STORE_CORRUPT",
      message: expect.stringMatching(/sealed with another key \(0123abcd\) than the one in use \([0-9a-f]{8}\)/),
      hint: expect.stringContaining("QBO_STORE_KEY"),
    });
  });

  it("takes no second key: a mistyped QBO_STORE_KEY must not split the store", async () => {
    const at = join(place, "begun");
    const withKey = (text: string) =>
      createFileVault({
        folder: at,
        storeKey: new Secret(Buffer.alloc(32, text).toString("base64")),
        keychain: undefined,
      });
    await withKey("a").write(key, new Secret("value"));
    await expect(withKey("b").write("other/key", new Secret("value"))).rejects.toMatchObject({
      code: "STORE_CORRUPT",
      hint: expect.stringContaining("QBO_STORE_KEY"),
    });
    expect((await withKey("a").read(key))?.reveal()).toBe("value");
    expect(await withKey("a").read("other/key")).toBeUndefined();
  });

  it.runIf(isWithModes)("is a symbolic link: not followed by reading, replaced by writing", async () => {
    await open().write(key, new Secret("value"));
    const path = locateRecord(folder, key);
    const elsewhere = join(place, "elsewhere");
    renameSync(path, elsewhere);
    symlinkSync(elsewhere, path);
    await expect(open().read(key)).rejects.toMatchObject({
      code: "STORE_CORRUPT",
      message: expect.stringContaining("not a plain file"),
    });
    const before = readFileSync(elsewhere);
    await open().write(key, new Secret("new"));
    expect((await open().read(key))?.reveal()).toBe("new");
    expect(readFileSync(elsewhere)).toEqual(before);
  });

  it("is a folder, or far too large", async () => {
    const path = locateRecord(folder, key);
    mkdirSync(path, { recursive: true });
    await expect(open().read(key)).rejects.toMatchObject({ code: "STORE_CORRUPT" });
    rmSync(path, { recursive: true });
    writeFileSync(path, "x".repeat(2 * 1024 * 1024));
    await expect(open().read(key)).rejects.toMatchObject({ code: "STORE_CORRUPT" });
  });
});
