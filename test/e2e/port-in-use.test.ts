import { expect, test } from "vitest";
import { askDoctor, openScene } from "./doctor.ts";
import { startEmulatorProcess } from "./emulator-process.ts";
import { createHome, readError, runQbo } from "./qbo-process.ts";
import { startLogin } from "./sign-in.ts";

const isLinux = process.platform === "linux";

test.runIf(isLinux)("a sign-in that waits is named by the next one, and by the doctor", async () => {
  const scene = await openScene();
  const first = await startLogin(scene);
  const env = { QBO_REDIRECT_URI: first.redirectUri };
  const error = readError(await runQbo(["login", "--env", "emulator", "--json"], { ...scene, env }));
  expect(error).toMatchObject({ code: "CALLBACK_PORT_IN_USE", exitCode: 7 });
  expect(error.message).toMatch(/:\d+, is in use by another qbo login \(pid \d+\), which is waiting/);
  expect(error.hint).toMatch(/^Finish that sign-in, or end it \(Ctrl-C in its terminal, or `kill \d+`\)/);
  const { checks } = await askDoctor({ ...scene, env }, "--env", "emulator");
  const check = checks.find(({ id }) => id === "callback-port");
  expect(check).toMatchObject({ status: "fail", detail: error.message });
  first.signal("SIGTERM");
  await first.ended;
});

test.runIf(isLinux)(
  "an emulator that runs is named by the next one, whatever it shows as its certificate",
  async () => {
    const [home, stranger] = [createHome(), createHome()];
    const { baseUrl } = await startEmulatorProcess(home);
    for (const each of [home, stranger]) {
      const error = readError(await runQbo(["emulator", "--port", new URL(baseUrl).port, "--json"], { home: each }));
      expect(error).toMatchObject({ code: "EMULATOR_UNUSABLE", exitCode: 7 });
      expect(error.message).toMatch(/^An emulator already runs on port \d+ \(pid \d+\)\.$/);
      expect(error.hint).toContain("qbo emulator --port 0");
    }
  },
);

test("an emulator that answers is known without the system's help", async () => {
  const { home, emulator } = await openScene();
  // It runs in the process of the tests, which hides it behind another name.
  const words = ["emulator", "--http", "--port", new URL(emulator.baseUrl).port, "--json"];
  const error = readError(await runQbo(words, { home }));
  expect(error.message).toMatch(/^An emulator already runs on port \d+/);
});
