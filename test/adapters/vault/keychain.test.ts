import { describe, expect, it } from "vitest";
import { createKeychainVault } from "../../../src/adapters/vault/keychain.ts";
import { Secret } from "../../../src/core/secret.ts";
import { KeytarInMemory } from "../../contract/keytar-in-memory.ts";
import { randomText, testVault } from "../../contract/vault.ts";

const open = (keytar: KeytarInMemory, maxBytes?: number) =>
  createKeychainVault({
    probeCommand: null,
    environment: {},
    platform: "linux",
    keytar,
    ...(maxBytes === undefined ? {} : { maxBytes }),
  });

async function openUnderTest(maxBytes?: number) {
  const options = maxBytes === undefined ? {} : { maxBytes };
  const keytar = new KeytarInMemory(options);
  const locked = new KeytarInMemory(options);
  locked.isLocked = true;
  return {
    vault: open(keytar, maxBytes),
    twin: open(keytar, maxBytes),
    unreachable: open(locked, maxBytes),
    close: async () => undefined,
  };
}

testVault("the keychain, without a limit", () => openUnderTest());
testVault("the keychain, with the limit of Windows", () => openUnderTest(2560));

const key = "tokens/sandbox/app/1";
const record = (letter: string) => `${letter.repeat(40)}\n${letter.repeat(6000)}`;

/** Without what a proof leaves when it dies, which holds nothing. */
const listEntries = ({ entries }: KeytarInMemory) =>
  [...entries].flatMap(([account, entry]) => (account.startsWith("qbo-cli|probe/") ? [] : [entry]));

describe("a keychain that answers null", () => {
  it("finds the entry after all when proving itself made a person unlock it", async () => {
    const keytar = new KeytarInMemory();
    await open(keytar).write(key, new Secret("kept"));
    keytar.isUnlockedByWriting = true;
    keytar.isLocked = true;
    expect((await open(keytar).read(key))?.reveal()).toBe("kept");
    keytar.isLocked = true;
    expect(await open(keytar).remove(key)).toBe(true);
  });

  it("is left without an entry of the proof", async () => {
    const keytar = new KeytarInMemory();
    expect(await open(keytar).read(key)).toBeUndefined();
    expect(keytar.entries.size).toBe(0);
  });

  it("says why it cannot know, and what to do", async () => {
    const keytar = new KeytarInMemory();
    keytar.isLocked = true;
    await expect(open(keytar).read(key)).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      message: "The keychain cannot be used: the keyring is locked.",
      hint: expect.stringContaining("--store file"),
    });
  });

  it("is bounded when the service never answers", async () => {
    const keytar = new KeytarInMemory();
    keytar.getPassword = () => new Promise(() => undefined);
    const limits = { service: 10, person: 20 };
    const vault = createKeychainVault({ probeCommand: null, environment: {}, platform: "linux", keytar, limits });
    await expect(vault.read(key)).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      message: "The keychain cannot be used: its service did not answer in time.",
    });
  });
});

describe("a keychain with small entries", () => {
  it("leaves, wherever a write dies, the old value whole or at least the first line of the new one", async () => {
    for (const [before, after] of [
      [record("a"), record("b")],
      ["a\na", record("b")],
      [record("a"), "b\nb"],
    ] as const) {
      let isFinished = false;
      for (let changes = 0; !isFinished && changes < 20; changes += 1) {
        const keytar = new KeytarInMemory({ maxBytes: 2560 });
        await open(keytar, 2560).write(key, new Secret(before));
        keytar.changesLeft = changes;
        isFinished = await open(keytar, 2560)
          .write(key, new Secret(after))
          .then(
            () => true,
            () => false,
          );
        keytar.changesLeft = Number.POSITIVE_INFINITY;
        const found = (await open(keytar, 2560).read(key))?.reveal();
        const allowed = changes === 0 ? [before] : [after, after.split("\n")[0]];
        expect(allowed).toContain(found);
        await open(keytar, 2560).write(key, new Secret("c"));
        expect(listEntries(keytar)).toEqual(["c"]);
      }
      expect(isFinished).toBe(true);
    }
  });

  it("leaves nothing in the keychain after removing, also when an earlier removal died", async () => {
    for (let changes = 0; changes < 4; changes += 1) {
      const keytar = new KeytarInMemory({ maxBytes: 2560 });
      const vault = open(keytar, 2560);
      await vault.write(key, new Secret(record("a")));
      keytar.changesLeft = changes;
      await vault.remove(key).catch(() => undefined);
      keytar.changesLeft = Number.POSITIVE_INFINITY;
      await vault.remove(key);
      expect(listEntries(keytar)).toEqual([]);
    }
  });

  it("refuses to answer half a value when the rest cannot be known", async () => {
    const keytar = new KeytarInMemory({ maxBytes: 2560 });
    await open(keytar, 2560).write(key, new Secret(record("a")));
    const readWhole = keytar.getPassword.bind(keytar);
    keytar.getPassword = async (service, account) => {
      const found = await readWhole(service, account);
      keytar.isLocked = true;
      return found;
    };
    await expect(open(keytar, 2560).read(key)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
  });

  it("reads anew when a writer was at work meanwhile", async () => {
    const keytar = new KeytarInMemory({ maxBytes: 2560 });
    await open(keytar, 2560).write(key, new Secret(record("a")));
    const disturbed = new KeytarInMemory({ maxBytes: 2560, entries: keytar.entries });
    let isDisturbed = false;
    disturbed.getPassword = async (service, account) => {
      if (account !== key && !isDisturbed) {
        isDisturbed = true;
        await open(keytar, 2560).write(key, new Secret(record("b")));
      }
      return keytar.getPassword(service, account);
    };
    expect((await open(disturbed, 2560).read(key))?.reveal()).toBe(record("b"));
  });

  it("refuses a first line that does not fit, before it changes anything", async () => {
    const keytar = new KeytarInMemory({ maxBytes: 2560 });
    const vault = open(keytar, 2560);
    await vault.write(key, new Secret("old"));
    await expect(vault.write(key, new Secret(`${randomText(2600)}\nrest`))).rejects.toMatchObject({
      code: "UNEXPECTED",
    });
    expect((await vault.read(key))?.reveal()).toBe("old");
  });
});

describe("an entry that qbo did not write", () => {
  it.each(["", "qbo-piece of something else"])("is called corrupt: %j", async (entry) => {
    const keytar = new KeytarInMemory();
    keytar.entries.set(`qbo-cli|${key}`, entry);
    await expect(open(keytar).read(key)).rejects.toMatchObject({ code: "STORE_CORRUPT" });
  });
});
