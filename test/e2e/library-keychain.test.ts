// needs: secret-service
import { expect, onTestFinished, test } from "vitest";
import { countEffects, start } from "../emulator/emulator-client.ts";
import { seedExpired } from "./connections.ts";
import { createHome } from "./qbo-process.ts";
import { runProgram } from "./run-library.ts";
import { startSecretService } from "./secret-service.ts";

const code = `import { openQbo } from "qbo-cli";
  console.log("started");
  const { expiresIn } = await openQbo().getAccessToken("acme");
  console.log(expiresIn > 300);`;

// Before it refreshes, the file store makes sure of its key, which lies in the keychain; that is tried by the program, in a process of its own.
test.each(["file", "keychain"])("a token comes out of the store %s with a real keychain", async (store) => {
  const service = await startSecretService();
  onTestFinished(() => service.stop());
  const { DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR } = service.env;
  const env = { DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR, QBO_STORE: store, QBO_STORE_KEY: undefined };
  const desktop = { home: createHome(), emulator: await start(), env };
  await seedExpired(desktop, { name: "acme" });
  expect(await runProgram(code, "js", desktop)).toEqual({ stdout: "started\ntrue\n", stderr: "" });
  expect(await countEffects(desktop.emulator)).toMatchObject({ refreshes: 1 });
});
