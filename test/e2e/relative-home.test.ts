import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createHome, readError, runQbo } from "./qbo-process.ts";

const elsewhere = { QBO_CONFIG_DIR: undefined, QBO_STATE_DIR: undefined };

test.each([
  ["HOME is foo, which is not an absolute path.", { HOME: "foo", ...elsewhere }],
  ["HOME is empty.", { HOME: "", XDG_STATE_HOME: "", ...elsewhere }],
  ["HOME is foo, which is not an absolute path.", { HOME: "foo", QBO_CONFIG_DIR: undefined }],
  ["XDG_STATE_HOME is ../foo, which is not an absolute path.", { XDG_STATE_HOME: "../foo", ...elsewhere }],
])("where everything lies would depend on the working folder: %s", async (message, env) => {
  const options = { home: createHome(), env };
  for (const command of ["status", "token", "history"]) {
    const told = readError(await runQbo([command, "--json"], options));
    expect(told).toMatchObject({ code: "CONFIG_INVALID", exitCode: 3, message });
    expect(told.hint).toContain("QBO_CONFIG_DIR and QBO_STATE_DIR");
  }
  expect((await runQbo(["help"], options)).exitCode).toBe(0);
  expect(existsSync(join(options.home.folder, "foo"))).toBe(false);
});

test("a relative home matters to nobody who says where everything lies", async () => {
  const options = { home: createHome(), env: { HOME: "foo" } };
  expect((await runQbo(["status", "--json"], options)).stdout).toContain('"connections": []');
  expect((await runQbo(["doctor", "--offline", "--env", "emulator"], options)).exitCode).toBe(0);
});
