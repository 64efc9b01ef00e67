import { execFile } from "node:child_process";
import type { PortHolder } from "../../core/machine.ts";
import { makePrintable } from "../../core/printable.ts";
import { findListener, readCommandLine } from "./linux-sockets.ts";
import { nameProgram, readLsof, readNetstat, readQboCommand, readTasklist } from "./tool-answers.ts";

export interface Surroundings {
  platform: NodeJS.Platform;
  env: Readonly<Record<string, string | undefined>>;
}

/** How long looking may take, in milliseconds: it only makes an error clearer. */
const patienceMs = 1500;

/**
 * The process, other than this one, that listens on the port. Undefined when the system does not tell: other people's processes are hidden
 * on Linux, and tools may be missing. This never fails, because the port's own trouble is what is told.
 */
export async function findPortHolder(port: number, { platform, env }: Surroundings): Promise<PortHolder | undefined> {
  const signal = AbortSignal.timeout(patienceMs);
  const ask = (program: string, ...args: string[]) => askTool(program, args, { env, signal });
  if (platform === "linux") {
    const pid = await findListener(port, signal);
    return pid === undefined ? undefined : describe(pid, await readCommandLine(pid));
  }
  if (platform === "win32") {
    const pid = readNetstat(await ask("netstat", "-ano", "-p", "TCP"), port);
    if (pid === undefined) return undefined;
    const program = readTasklist(await ask("tasklist", "/FI", `PID eq ${pid}`, "/FO", "CSV", "/NH"));
    return { pid, program: program ?? null, qboCommand: null };
  }
  const pid = readLsof(await ask("lsof", "-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fp"));
  if (pid === undefined) return undefined;
  return describe(pid, (await ask("ps", "-o", "args=", "-p", String(pid))).trim().split(/\s+/));
}

/** Only the program's name is told: its arguments are nobody's business. */
function describe(pid: number, words: readonly string[]): PortHolder {
  const name = nameProgram(words);
  return {
    pid,
    program: name === undefined ? null : makePrintable(name, 60),
    qboCommand: readQboCommand(words) ?? null,
  };
}

interface Question {
  env: Surroundings["env"];
  signal: AbortSignal;
}

/** What the tool printed; nothing when it is missing, fails or takes too long. */
async function askTool(program: string, args: readonly string[], { env, signal }: Question): Promise<string> {
  const least = Object.fromEntries(Object.entries(env).filter(([name]) => /^(PATH|SystemRoot|PATHEXT)$/i.test(name)));
  return new Promise((resolve) => {
    execFile(program, args, { env: least, signal, windowsHide: true }, (_failure, stdout) => resolve(stdout)).on(
      "error",
      () => undefined,
    );
  });
}
