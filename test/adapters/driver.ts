import { build } from "esbuild";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll } from "vitest";

/** Gives a function that makes temporary folders, which are removed after the suite. */
export function useTemporaryFolder(): () => string {
  const folders: string[] = [];
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });
  return () => {
    const folder = mkdtempSync(join(tmpdir(), "qbo-test-"));
    folders.push(folder);
    return folder;
  };
}

/** Bundles a program of this folder into one that Node can start, and answers where it lies. */
export async function bundleDriver(name: string, folder: string): Promise<string> {
  const outfile = join(folder, `${basename(name, ".ts")}.mjs`);
  await build({
    entryPoints: [join(import.meta.dirname, name)],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "silent",
  });
  return outfile;
}
