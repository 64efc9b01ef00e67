import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, request } from "undici";
import { onTestFinished } from "vitest";

/** The built program as a person starts it, with a throw-away home and an emulator as a process of its own. */

const program = join(import.meta.dirname, "../../bin/qbo.js");

export interface Home {
  folder: string;
  env: Record<string, string>;
}

export interface Ended {
  /** The exit code; null when a signal ended it. */
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunningQbo {
  ended: Promise<Ended>;
  /** Waits until stdout and stderr together hold it, and answers the match. Fails when the program ends before. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>;
  signal(name: NodeJS.Signals): void;
}

export interface EmulatorProcess {
  baseUrl: string;
  companies: { realmId: string; companyName: string }[];
  /** Uses one of the emulator's own controls. */
  control(path: string, body?: object): Promise<Record<string, unknown>>;
  /** How many requests reached an address whose path contains `part`. */
  countRequests(part: string): Promise<number>;
}

/** A home of its own, removed when the test ends. `env` is laid over it. */
export async function makeHome(env: Record<string, string> = {}): Promise<Home> {
  const folder = await mkdtemp(join(tmpdir(), "qbo-home-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, "runtime"), { mode: 0o700 });
  const own = {
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
    XDG_RUNTIME_DIR: join(folder, "runtime"),
    QBO_CONFIG_DIR: join(folder, "config"),
    QBO_STATE_DIR: join(folder, "state"),
    QBO_BROWSER: "none",
  };
  return { folder, env: { ...own, ...env } };
}

/** Starts `qbo`; what still runs when the test ends is ended, by its process ID. */
export function startQbo(home: Home, args: readonly string[], input = ""): RunningQbo {
  const child = spawn(process.execPath, [program, ...args], { env: home.env });
  const heard = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (heard.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (heard.stderr += text));
  child.stdin.end(input);
  const ended = once(child, "close").then(() => ({ code: child.exitCode, ...heard }));
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await ended;
  });
  return {
    ended,
    signal: (name) => void child.kill(name),
    async waitFor(pattern) {
      for (let wait = 0; wait < 600; wait += 1) {
        const match = pattern.exec(heard.stdout + heard.stderr);
        if (match) return match;
        if (child.exitCode !== null) break;
        await sleep(50);
      }
      throw new Error(`${pattern} never came: ${heard.stdout}${heard.stderr}`);
    },
  };
}

export async function runQbo(home: Home, args: readonly string[], input?: string): Promise<Ended> {
  return startQbo(home, args, input).ended;
}

/** Starts `qbo emulator` on a free port and makes the home reach it. Over https it has a certificate in that home. */
export async function startEmulator(home: Home, args: readonly string[] = []): Promise<EmulatorProcess> {
  const running = startQbo(home, ["emulator", "--port", "0", "--json", ...args]);
  const [line] = await running.waitFor(/^\{.*\}$/m);
  const { baseUrl, companies }: Pick<EmulatorProcess, "baseUrl" | "companies"> = JSON.parse(line);
  home.env["QBO_EMULATOR_URL"] = baseUrl;
  const pinned = join(home.folder, "state/certificates/emulator.pem");
  const ca = baseUrl.startsWith("https:") ? await readFile(pinned, "utf8") : undefined;
  const dispatcher = new Agent({ connect: ca === undefined ? {} : { ca } });
  onTestFinished(() => dispatcher.close());

  const control: EmulatorProcess["control"] = async (path, body) => {
    const { statusCode, body: answer } = await request(`${baseUrl}/_emulator/${path}`, {
      dispatcher,
      method: body === undefined ? "GET" : "POST",
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.text();
    if (statusCode !== 200) throw new Error(`${path}: ${statusCode} ${text}`);
    const value: Record<string, unknown> = JSON.parse(text);
    return value;
  };
  const countRequests = async (part: string) => {
    const { requests } = await control("requests");
    return Array.isArray(requests) ? requests.filter((seen) => JSON.stringify(seen).includes(part)).length : 0;
  };
  return { baseUrl, companies, control, countRequests };
}

/** A port that nobody listens on, on either loopback address. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "::");
  await once(server, "listening");
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("a port was expected");
  return address.port;
}

/** Whether the port can be listened on, on both loopback addresses. */
export async function isFree(port: number): Promise<boolean> {
  for (const host of ["127.0.0.1", "::1"]) {
    const server = createServer().listen({ port, host, exclusive: true });
    const isListening = await Promise.race([
      once(server, "listening").then(() => true),
      once(server, "error").then(() => false),
    ]);
    if (!isListening) return false;
    await new Promise((resolve) => server.close(resolve));
  }
  return true;
}

/** Every file below a folder that holds this text. */
export async function findFilesWith(folder: string, text: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    if ((await readFile(path)).includes(text)) found.push(path);
  }
  return found;
}
