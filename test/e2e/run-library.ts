import { execFile } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { buildEnvironment, type RunOptions } from "./qbo-process.ts";

/** Runs programs of somebody's own, which use the built package as a library. */

export const root = join(import.meta.dirname, "../..");

/** Runs the program to its end, which it must find by itself, and answers what it printed. It fails when the program does. */
export async function runProgram(
  code: string,
  kind: "js" | "cjs",
  options: RunOptions,
): Promise<{ stdout: string; stderr: string }> {
  const { folder } = options.home;
  const file = join(folder, kind === "cjs" ? "program.cjs" : "program.mjs");
  writeFileSync(file, code);
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  linkPackage(join(folder, "node_modules", "qbo-cli"));
  return promisify(execFile)(process.execPath, [file], {
    cwd: folder,
    env: buildEnvironment(options),
    timeout: 90_000,
  });
}

function linkPackage(path: string): void {
  try {
    symlinkSync(root, path, "junction");
  } catch (error) {
    // An earlier program of the same home has it already.
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}
