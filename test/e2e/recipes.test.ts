// needs: python3, curl, fish
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect, test } from "vitest";
import { start } from "../emulator/emulator-client.ts";
import { seed } from "./connections.ts";
import { buildEnvironment, createHome, program, type RunOptions } from "./qbo-process.ts";
import { readRecipes } from "./recipe.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/recipes.md"), "utf8");
const recipes = readRecipes(page);

interface Told {
  exitCode: unknown;
  stdout: string;
  stderr: string;
}

function runShell(code: string, folder: string, options: RunOptions): Promise<Told> {
  return new Promise((resolve) => {
    const settings = { cwd: folder, env: buildEnvironment(options), timeout: 90_000 };
    execFile("sh", ["-c", code], settings, (error, stdout, stderr) =>
      resolve({ exitCode: error ? (error.code ?? error.signal) : 0, stdout, stderr }),
    );
  });
}

test("every recipe says what becomes of it, and every script is run", () => {
  const unmarked = recipes.filter(({ mark }) => mark.kind === "none");
  expect(unmarked.map(({ line }) => line)).toEqual([]);
  const run = recipes.flatMap(({ mark, code }) => (mark.kind === "run" ? [code] : [])).join("");
  const files = recipes.flatMap(({ mark }) => (mark.kind === "save" ? [mark.file] : []));
  expect(files.filter((file) => !run.includes(file))).toEqual([]);
  expect(files.length).toBeGreaterThan(4);
});

test("a recipe without a mark, or with one that nobody knows, would be found", () => {
  const fence = "```sh\ntrue\n```\n";
  const marks = ["", "<!-- runs -->", "<!-- not run -->", "<!-- run: maybe -->", "<!-- save -->", "<!-- run -->"];
  const kinds = marks.map((mark) => readRecipes(`${mark}\n${fence}`)[0]?.mark.kind);
  expect(kinds).toEqual(["none", "none", "none", "none", "none", "run"]);
});

test("the recipes do what they say, one after the other", async () => {
  const [home, emulator] = [createHome(), await start()];
  const [company] = await seed({ home, emulator });
  const folder = join(home.folder, "recipes");
  const bin = join(home.folder, "bin");
  for (const path of [folder, bin]) mkdirSync(path);
  writeFileSync(join(bin, "qbo"), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`, { mode: 0o700 });
  const PATH = [bin, process.env["PATH"]].join(delimiter);
  for (const { line, code, mark } of recipes) {
    if (mark.kind === "save") writeFileSync(join(folder, mark.file), code);
    if (mark.kind !== "run") continue;
    const ended = await runShell(code, folder, { home, emulator, env: { PATH } });
    expect({ line, ...ended }).toEqual({ line, exitCode: 0, stderr: "", stdout: ended.stdout });
    expect(ended.stdout).toContain(mark.prints === "the company" ? company?.companyName : (mark.prints ?? ""));
  }
  const postman: { values: { key: string; value: string; type: string }[] } = JSON.parse(
    readFileSync(join(folder, "qbo.postman_environment.json"), "utf8"),
  );
  expect(postman.values[1]).toEqual({ key: "QBO_REALM_ID", value: company?.realmId, type: "default", enabled: true });
});
