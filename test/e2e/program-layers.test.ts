// needs: secret-service
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { start } from "../emulator/emulator-client.ts";
import { seed, seedExpired } from "./connections.ts";
import { createHome, runQbo, type RunOptions } from "./qbo-process.ts";
import { startSecretService } from "./secret-service.ts";

/** Runs qbo and answers which of its own files it read. */
async function listFilesRead(args: readonly string[], options: RunOptions): Promise<string[]> {
  const watcher = join(options.home.folder, "watch.cjs");
  const loaded = 'Object.keys(require.cache).map((path) => path.replaceAll("\\\\", "/"))';
  const own = `${loaded}.filter((path) => !path.includes("/node_modules/")).map((path) => path.split("/").slice(-2).join("/"))`;
  writeFileSync(
    watcher,
    `process.on("exit", () => require("node:fs").writeSync(2, "read: " + ${own}.join(" ") + "\\n"));`,
  );
  const env = { ...options.env, NODE_OPTIONS: `--require ${watcher}` };
  const { exitCode, stderr } = await runQbo(args, { ...options, env });
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  return (/read: (.*)\n/.exec(stderr)?.[1] ?? "")
    .split(" ")
    .filter((path) => path !== "" && !path.endsWith("/watch.cjs"));
}

const shortWay = ["bin/qbo.js", "dist/main-token.cjs"];

test("a valid token is read by the first layer alone, and configuration by a small one", async () => {
  const scene = { home: createHome(), emulator: await start() };
  await seed(scene);
  expect(await listFilesRead(["token"], scene)).toEqual(shortWay);
  await runQbo(["use", "c1"], scene);
  await runQbo(["config", "set", "minValidity", "400"], scene);
  const project = join(scene.home.folder, "project");
  mkdirSync(project);
  writeFileSync(join(project, ".qbo.json"), '{ "environment": "emulator" }');
  const through = ["sh", "-c", `cd '${project}' && exec "$@"`, "sh"];
  expect(await listFilesRead(["token", "--min-validity", "60"], { ...scene, through })).toEqual([
    ...shortWay,
    "dist/main-config.cjs",
  ]);
});

test("a valid token is read by the first layer alone out of a keychain", async () => {
  const service = await startSecretService();
  onTestFinished(() => service.stop());
  const { DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR } = service.env;
  const env = { DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR, QBO_STORE: undefined, QBO_STORE_KEY: undefined };
  const scene = { home: createHome(), emulator: await start(), env };
  await seed(scene);
  expect(await listFilesRead(["token"], scene)).toEqual(shortWay);
});

test("a refresh reads the second layer, and a status two small ones", async () => {
  const scene = { home: createHome(), emulator: await start() };
  await seedExpired(scene);
  expect(await listFilesRead(["token"], scene)).toEqual([...shortWay, "dist/main-token-later.cjs"]);
  expect(await listFilesRead(["status"], scene)).toEqual(["bin/qbo.js", "dist/main-status.cjs", "dist/main-token.cjs"]);
});
