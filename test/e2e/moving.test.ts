// needs: tmux
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { control, start } from "../emulator/emulator-client.ts";
import { seed } from "./connections.ts";
import { createHome, readAnswer, readError, runQbo } from "./qbo-process.ts";
import { openTerminal } from "./terminal.ts";

const passphrase = "seven green bottles on a wall";

test("a connection moves from one home to another, sealed by a passphrase that nobody sees", async () => {
  const emulator = await start();
  await control(emulator, "policy", { rotateAfterSeconds: 0, oldRefreshTokens: "reject" });
  const [here, there] = [
    { home: createHome(), emulator },
    { home: createHome(), emulator, env: { QBO_STORE_KEY: Buffer.alloc(32, "another key").toString("base64") } },
  ];
  const [granted] = await seed(here);
  const file = join(here.home.folder, "c1.jwe");

  const terminal = await openTerminal(["export", "c1", "--output", file], { ...here, columns: 100 });
  await terminal.waitFor(/Export c1 .*\?/);
  await terminal.press("y");
  for (const question of [/Choose a passphrase/, /once more/]) {
    await terminal.waitFor(question);
    await terminal.type(passphrase);
    await terminal.press("Enter");
  }
  expect(await terminal.end()).toBe(0);
  expect(await terminal.read()).not.toContain("bottles");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, "utf8")).not.toContain(granted?.realmId);

  const passphraseFile = join(there.home.folder, "passphrase");
  writeFileSync(passphraseFile, passphrase);
  const unseal = ["import", "--file", file, "--json", "--passphrase-file", passphraseFile];
  expect(readAnswer(await runQbo(unseal, there))).toMatchObject({
    results: [{ connection: "c1", outcome: "imported", proven: true }],
  });
  expect((await runQbo(["token"], there)).stdout).toMatch(/^\S{100,}\n$/);

  const refused = readError(await runQbo(["refresh", "c1", "--json"], here));
  expect(refused).toMatchObject({ code: "REFRESH_REJECTED", exitCode: 4 });
  expect(refused.message).toContain("another machine or process refreshed the connection");
  const diagnosis = await runQbo(["doctor", "c1", "--json"], here);
  expect(JSON.parse(diagnosis.stdout)).toMatchObject({ verdict: { cause: "rotated-elsewhere" } });
  expect((await runQbo(["refresh", "c1"], there)).exitCode).toBe(0);
});
