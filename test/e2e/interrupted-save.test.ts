// needs: tmux
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { installHelper, wellBehaved } from "../adapters/vault/scripted-helper.ts";
import { control, start } from "../emulator/emulator-client.ts";
import { seedExpired } from "./connections.ts";
import { createHome, runQbo } from "./qbo-process.ts";
import { openTerminal } from "./terminal.ts";

test("Ctrl-C in the middle of a save, which reaches the helper as well, loses nothing and leaves nothing aside", async () => {
  const [emulator, home] = [await start(), createHome()];
  await control(emulator, "policy", { rotateAfterSeconds: 0, oldRefreshTokens: "revoke-chain" });
  const helper = installHelper("test");
  const options = { home, emulator, env: { QBO_STORE: "helper:test", PATH: `${helper.path}:${process.env["PATH"]}` } };
  const { name } = await seedExpired(options);
  const [held, reached] = [join(home.folder, "held"), join(home.folder, "reached")];
  writeFileSync(held, "");
  helper.behave(`if [ "$1" = store ] && [ -f '${held}' ]; then touch '${reached}'; sleep 60; fi\n${wellBehaved}`);

  const terminal = await openTerminal(["refresh", name], options);
  await vi.waitUntil(() => existsSync(reached), { timeout: 60_000, interval: 20 });
  rmSync(held);
  await terminal.press("C-c");
  expect(await terminal.end(), await terminal.read()).toBe(130);
  expect(await terminal.read()).toContain("after what was under way had been finished");
  expect(existsSync(join(home.state, "rescue"))).toBe(false);
  expect(await runQbo(["refresh", name], options)).toMatchObject({ exitCode: 0 });
});
