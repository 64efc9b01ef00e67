import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Vault } from "../../src/core/store-ports.ts";
import { Secret } from "../../src/core/secret.ts";

/** Vaults to hold against the contract of `Vault` in src/core/ports.ts. */
export interface VaultsUnderTest {
  vault: Vault;
  /** Opens the same place once more, as another process would. */
  twin: Vault;
  /** A vault of the same kind that cannot be reached. */
  unreachable: Vault;
  close(): Promise<void>;
}

/** One set of cases for every vault. */
export function testVault(title: string, open: () => Promise<VaultsUnderTest>): void {
  describe(`the vault contract: ${title}`, () => {
    let under: VaultsUnderTest;
    beforeAll(async () => {
      under = await open();
    });
    afterAll(() => under?.close());

    const newKey = () => `tokens/sandbox/${randomBytes(4).toString("hex")}/1234567890`;
    const write = (key: string, text: string) => under.vault.write(key, new Secret(text));
    const read = async (vault: Vault, key: string) => (await vault.read(key))?.reveal();

    it("answers undefined for what was never written", async () => {
      expect(await under.vault.read(newKey())).toBeUndefined();
    });

    it.each([
      ["one character", "x"],
      ["two lines and a final line end", "refresh 2030-01-01\naccess\n"],
      ["an access token of 4,096 characters", `refresh-token 2030-01-01T00:00:00Z\n${randomText(4096)}`],
      ["8,192 bytes", `first line\n${randomText(8192 - 11)}`],
      ["characters of two, three and four bytes", `zażółć\n${"€𝄞".repeat(1100)}`],
      ["what looks like our own header", "qbo-piece 01/03 0123456789abcdef\nrest"],
      ["white space and quotes", " \t'\"\\ \r\n"],
    ])("gives back %s as it was", async (_, text) => {
      const key = newKey();
      await write(key, text);
      expect(await read(under.vault, key)).toBe(text);
      expect(await read(under.twin, key)).toBe(text);
    });

    it.each([
      ["a longer value", "a\nb", `c\n${randomText(8000)}`],
      ["a shorter value", `a\n${randomText(8000)}`, "c\nd"],
    ])("replaces a value by %s", async (_, before, after) => {
      const key = newKey();
      await write(key, before);
      await write(key, after);
      expect(await read(under.twin, key)).toBe(after);
    });

    it("keeps the values of keys apart, also of keys that differ in case or in separators only", async () => {
      const base = newKey();
      const keys = [base, base.toUpperCase(), base.replaceAll("/", "-"), `${base}/`, `${base}#2`, `${base}.sealed`];
      for (const key of keys) await write(key, `value of ${key}`);
      for (const key of keys) expect(await read(under.vault, key)).toBe(`value of ${key}`);
    });

    it("tells whether there was something to remove, and removes twice without an error", async () => {
      const key = newKey();
      await write(key, `line\n${randomText(8000)}`);
      expect(await under.vault.remove(key)).toBe(true);
      expect(await under.vault.remove(key)).toBe(false);
      expect(await under.vault.read(key)).toBeUndefined();
      expect(await under.twin.remove(newKey())).toBe(false);
    });

    it("never shows a mixture to a reader while two writers are at work", async () => {
      const key = newKey();
      const values = ["a", "b"].map((letter) => `${letter.repeat(40)}\n${letter.repeat(6000)}`);
      const [one = "", other = ""] = values;
      const firstLines = values.map((value) => value.slice(0, 40));
      await write(key, one);
      const writing = Promise.all([writeOften(under.vault, key, one), writeOften(under.twin, key, other)]);
      for (let round = 0; round < 10; round += 1) {
        const seen = await read(under.twin, key);
        expect([...values, ...firstLines]).toContain(seen);
      }
      await writing;
      await write(key, one);
      expect(await read(under.twin, key)).toBe(one);
    });

    it("refuses what some store would lose: nothing, NUL, half a character", async () => {
      for (const text of ["", "a\0b", "a\ud834"]) {
        await expect(write(newKey(), text)).rejects.toMatchObject({ code: "UNEXPECTED" });
      }
    });

    it("passes its own probe, again and again", async () => {
      await expect(under.vault.probe({ mayAsk: false })).resolves.toBeUndefined();
      await expect(under.twin.probe({ mayAsk: false })).resolves.toBeUndefined();
    });

    it("describes itself in one plain sentence", async () => {
      expect(await under.vault.describe()).toMatch(/^[A-Z][^\n]*\.$/);
    });

    it("says that it cannot know, with the way out, instead of answering that nothing is stored", async () => {
      const { unreachable } = under;
      const cannotKnow = { code: "STORE_UNAVAILABLE", exitCode: 7, hint: expect.stringContaining("`") };
      await expect(unreachable.read("tokens/sandbox/app/1")).rejects.toMatchObject(cannotKnow);
      await expect(unreachable.write("tokens/sandbox/app/1", new Secret("x"))).rejects.toMatchObject(cannotKnow);
      await expect(unreachable.remove("tokens/sandbox/app/1")).rejects.toMatchObject(cannotKnow);
      await expect(unreachable.probe({ mayAsk: false })).rejects.toMatchObject(cannotKnow);
    });
  });
}

async function writeOften(vault: Vault, key: string, text: string): Promise<void> {
  for (let round = 0; round < 5; round += 1) await vault.write(key, new Secret(text));
}

/** Random text of `length` characters, as tokens are. */
export function randomText(length: number): string {
  return randomBytes(length).toString("base64url").slice(0, length);
}
