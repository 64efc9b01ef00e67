// needs: tmux
import { expect, test } from "vitest";
import { control } from "../emulator/emulator-client.ts";
import { seedExpired } from "./connections.ts";
import { openScene } from "./doctor.ts";
import { runQbo } from "./qbo-process.ts";
import { findWrapped, openTerminal } from "./terminal.ts";

test.each([80, 40])("doctor and history read well at %i columns", async (columns) => {
  const scene = await openScene();
  const { realmId } = await seedExpired(scene);
  await control(scene.emulator, "disconnect", { realmId });
  await runQbo(["token"], scene);

  const doctor = await openTerminal(["doctor"], { ...scene, columns, rows: 60 });
  expect(await doctor.end()).toBe(4);
  const report = await doctor.read();
  expect(findWrapped(report, columns)).toEqual([]);
  for (const tag of ["[ OK ]", "[FAIL]", "[SKIP]"]) expect(report).toContain(`\n${tag}  `);
  expect(report.split("\n").filter((line) => line.startsWith("[") && !line.startsWith("[exit"))).toHaveLength(18);
  expect(report).toMatch(/✗ Most likely the app was disconnected/);
  expect(report).toMatch(/^next: qbo login c1$/m);
  // Red for what failed, green for what is well.
  const colored = (await doctor.readColored()).replaceAll("\u001b", "ESC");
  expect(colored).toMatch(/ESC\[[0-9;]*31m\S{0,8}\[FAIL\]/);
  expect(colored).toMatch(/ESC\[[0-9;]*32m\S{0,8}\[ OK \]/);

  const history = await openTerminal(["history"], { ...scene, columns, rows: 60 });
  expect(await history.end()).toBe(0);
  const timeline = await history.read();
  expect(findWrapped(timeline, columns)).toEqual([]);
  expect(timeline).toMatch(/^\d{4}-\d\d-\d\d\n {2}\d\d:\d\d:\d\d {2}c1 {2}imported\n {4}token [0-9a-f]{12}\n/);
});
