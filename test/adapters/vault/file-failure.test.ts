import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFileVault, locateRecord } from "../../../src/adapters/vault/file.ts";
import { toFileError } from "../../../src/adapters/vault/file-failure.ts";
import { QboError } from "../../../src/core/errors.ts";
import { Secret } from "../../../src/core/secret.ts";
import { randomText } from "../../contract/vault.ts";
import { buildVaultProgram } from "../../contract/vault-process.ts";
import type { VaultProgram } from "../../contract/vault-process.ts";

const key = "tokens/sandbox/app/1";
let place: string;
let program: VaultProgram;
beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), "qbo-file-failure-"));
  chmodSync(place, 0o755);
  program = await buildVaultProgram();
});
afterAll(async () => {
  rmSync(place, { recursive: true });
  await program.remove();
});

describe("a failure of the file system", () => {
  it.each([
    ["EACCES", "no permission", "ls -ld"],
    ["EPERM", "no permission", "ls -ld"],
    ["EROFS", "read-only", "QBO_STATE_DIR"],
    ["ENOSPC", "no space left", "df -h"],
    ["EDQUOT", "no space left", "df -h"],
    ["EIO", "disk reported an error", "dmesg"],
    ["EMFILE", "too many files", "ulimit -n"],
    ["EWHATEVER", "EWHATEVER", "qbo doctor"],
  ])("%s is told in words, with the next step", (code, reason, hint) => {
    const cause = Object.assign(new Error("foreign text"), { code });
    const error = toFileError(cause, "written", "/state/secrets/store.json");
    expect(error).toMatchObject({ code: "STORE_UNAVAILABLE", cause });
    expect(error.message).toMatch(/^The store's \/state\/secrets\/store\.json cannot be written: [^\n]+\.$/);
    expect(error.message).toContain(reason);
    expect(error.hint).toContain(hint);
  });

  it("leaves an error that is already qbo's as it is", () => {
    const error = new QboError("STORE_CORRUPT", "Known.");
    expect(toFileError(error, "read", "x")).toBe(error);
  });
});

describe.skipIf(process.platform === "win32")("a write that fails", () => {
  it("for lack of space in the middle of a record loses nothing", async () => {
    const folder = join(place, "full");
    const here = createFileVault({ folder, storeKey: undefined, keychain: undefined });
    await here.write(key, new Secret("old"));
    const names = readdirSync(folder);
    // A limit of 16 blocks of 512 bytes for each file: the first write call is cut short there, as on a disk that fills up.
    const prefix = ["/bin/sh", "-c", `ulimit -f 16; exec "$@"`, "limited"];
    const limited = program.start({ folder }, { env: {}, prefix });
    try {
      await expect(limited.vault.write(key, new Secret(`line\n${randomText(8000)}`))).rejects.toMatchObject({
        code: "STORE_UNAVAILABLE",
        message: expect.stringContaining("no space left"),
      });
    } finally {
      await limited.stop();
    }
    expect((await here.read(key))?.reveal()).toBe("old");
    expect(readdirSync(folder)).toEqual(names);
  });

  it("for lack of permission loses nothing, and reading says that it cannot know", async () => {
    const folder = join(place, "forbidden");
    const nobody = process.getuid?.() === 0 ? 65534 : undefined;
    mkdirSync(folder, { mode: 0o700 });
    writeFileSync(locateRecord(folder, key), "untouched");
    if (nobody === undefined) chmodSync(folder, 0o000);
    chmodSync(join(program.script, ".."), 0o755);
    const stranger = program.start({ folder }, { env: {}, ...(nobody === undefined ? {} : { uid: nobody }) });
    try {
      const write = () => stranger.vault.write(key, new Secret("new"));
      for (const work of [() => stranger.vault.read(key), () => stranger.vault.remove(key), write]) {
        await expect(work()).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
      }
    } finally {
      await stranger.stop();
      chmodSync(folder, 0o700);
    }
    expect(readFileSync(locateRecord(folder, key), "utf8")).toBe("untouched");
  });
});
