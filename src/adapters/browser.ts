import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import type { Browser } from "../core/ports.ts";
import { makePrintable } from "../core/printable.ts";

type Env = Readonly<Record<string, string | undefined>>;
type Outcome = Awaited<ReturnType<Browser["open"]>>;

/** What no child process may inherit. */
const secretVariables = [
  "QBO_CLIENT_SECRET",
  "QBO_STORE_KEY",
  "QBO_STORE_KEY_NEW",
  "QBO_STORE",
  "QBO_ACCESS_TOKEN",
  "PGPASSWORD",
];

export interface BrowserOptions {
  /** QBO_BROWSER, then BROWSER: `none`, or a program that gets the address as its only argument. */
  env: Env;
  platform: NodeJS.Platform;
  /** How long a launcher is watched for failing, in milliseconds. */
  patienceMs?: number;
}

/** Opens addresses with the program that the user named, otherwise with the system's browser. */
export function createBrowser({ env, platform, patienceMs = 1500 }: BrowserOptions): Browser {
  return {
    open: async (url) => {
      if (!isWebAddress(url)) return failed("only http and https addresses are opened");
      const variable = env.QBO_BROWSER ? "QBO_BROWSER" : "BROWSER";
      const program = env[variable];
      if (program === "none") return failed(`${variable} is none`);
      if (!program && !hasScreen(env, platform)) return failed("there is no graphical session");
      try {
        const launcher = program ? launch(program, url, env) : await launchSystemBrowser(url);
        return await watch(launcher, patienceMs);
      } catch (error) {
        return failed(describe(error));
      }
    },
  };
}

function isWebAddress(url: string): boolean {
  return URL.canParse(url) && ["http:", "https:"].includes(new URL(url).protocol);
}

/** Windows and macOS always have one, as far as can be told; Linux under Windows shows addresses there. */
function hasScreen(env: Env, platform: NodeJS.Platform): boolean {
  if (platform === "win32" || platform === "darwin") return true;
  return [env.DISPLAY, env.WAYLAND_DISPLAY, env.WSL_DISTRO_NAME, env.WSL_INTEROP].some(Boolean);
}

function launch(program: string, url: string, env: Env): ChildProcess {
  const childEnv = { ...env };
  for (const name of secretVariables) delete childEnv[name];
  return spawn(program, [url], { env: childEnv, detached: true, stdio: "ignore", windowsHide: true });
}

/** The package starts its launcher with our own environment and takes no other: the secrets step aside meanwhile. */
async function launchSystemBrowser(url: string): Promise<ChildProcess> {
  const { default: open } = await import("open");
  const aside = secretVariables.map((name) => [name, process.env[name]] as const);
  for (const name of secretVariables) delete process.env[name];
  try {
    return await open(url);
  } finally {
    for (const [name, value] of aside) if (value !== undefined) process.env[name] = value;
  }
}

/** A launcher that still runs after a while, or has ended well, has done its work. */
async function watch(launcher: ChildProcess, patienceMs: number): Promise<Outcome> {
  launcher.unref();
  return await new Promise((resolve) => {
    const timer = setTimeout(() => resolve({ opened: true }), patienceMs);
    const settle = (outcome: Outcome): void => {
      clearTimeout(timer);
      resolve(outcome);
    };
    const judgeExit = (code: number | null): void =>
      settle(code === 0 ? { opened: true } : failed(`the browser's launcher ended with ${code ?? "a signal"}`));
    launcher.once("error", (error) => settle(failed(describe(error))));
    launcher.once("exit", judgeExit);
    if (launcher.exitCode !== null) judgeExit(launcher.exitCode);
  });
}

function failed(reason: string): Outcome {
  return { opened: false, reason };
}

function describe(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") return "the browser's program was not found";
  if (code === "EACCES") return "the browser's program may not be run";
  return makePrintable(
    `the browser could not be started: ${error instanceof Error ? error.message : String(error)}`,
    200,
  );
}
