import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withFileAsync } from "../durable-file/file-failure.ts";

export interface ToolAnswer {
  /** Null when the tool was ended because it took too long. */
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a program with `input` on its stdin. Answers undefined when there is no such program that may be run. */
export type RunTool = (program: string, args: readonly string[], input?: string) => Promise<ToolAnswer | undefined>;

/** Long enough for a person to answer the password question of macOS, in milliseconds. */
const patienceMs = 120_000;

/** What tools need to find their files; nothing else of the environment is theirs to see. */
const passedOn =
  /^(PATH|HOME|TMPDIR|TEMP|TMP|SystemRoot|SystemDrive|windir|PATHEXT|USERPROFILE|USERNAME|APPDATA|LOCALAPPDATA)$/i;

/** Runs tools with the least of this environment, in English, for at most two minutes each. */
export function createToolRunner(env: Readonly<Record<string, string | undefined>>): RunTool {
  const least = Object.fromEntries(Object.entries(env).filter(([name]) => passedOn.test(name)));
  const options = {
    env: { ...least, LC_ALL: "C" },
    timeout: patienceMs,
    maxBuffer: 16 * 1024 * 1024,
    windowsHide: true,
  };
  return async (program, args, input = "") =>
    new Promise((resolve, reject) => {
      const child = execFile(program, args, options, (failure, stdout, stderr) => {
        if (failure === null) resolve({ exitCode: 0, stdout, stderr });
        else if (failure.code === "ENOENT" || failure.code === "EACCES") resolve(undefined);
        else if (typeof failure.code === "number" || failure.killed === true)
          resolve({ exitCode: typeof failure.code === "number" ? failure.code : null, stdout, stderr });
        else reject(failure);
      });
      // A tool that ends early does not read its input to the end.
      child.stdin?.on("error", () => undefined).end(input);
    });
}

/** Lets `work` use a file that holds the text, for tools that read nothing else. It is gone afterwards. */
export async function withTextFile<T>(text: string, work: (path: string) => Promise<T>): Promise<T> {
  const folder = await withFileAsync(tmpdir(), async () => mkdtemp(join(tmpdir(), "qbo-certificate-")));
  try {
    const path = join(folder, "leaf.pem");
    await withFileAsync(path, async () => writeFile(path, text));
    return await work(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
