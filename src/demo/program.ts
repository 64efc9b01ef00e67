import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import type { ExitCode } from "../core/errors.ts";

/** The built program, run as a process in the throwaway home. */
export interface Program {
  /** Runs it so that the person sees what it prints. `onAddress` gets the address of the consent page. */
  show(args: readonly string[], options?: { onAddress?: (address: string) => Promise<void> }): Promise<ExitCode>;
  /** Runs it and keeps what it prints on stdout. */
  capture(args: readonly string[]): Promise<{ stdout: string; exitCode: ExitCode }>;
}

export interface ProgramOptions {
  home: string;
  emulatorUrl: string;
  redirectUri: string;
  interruption: AbortSignal;
  isSilent: boolean;
}

/** Prepares the program to run against the emulator, whatever the person's own settings are. */
export function openProgram({ home, emulatorUrl, redirectUri, interruption, isSilent }: ProgramOptions): Program {
  const settings = {
    QBO_ENV: "emulator",
    QBO_EMULATOR_URL: emulatorUrl,
    QBO_REDIRECT_URI: redirectUri,
    QBO_STORE: "file",
    // A key of the throwaway home's own: the demo leaves the person's keychain alone.
    QBO_STORE_KEY: "qbo demo, sealed for a minute",
    QBO_CONFIG_DIR: join(home, "config"),
    QBO_STATE_DIR: join(home, "state"),
    QBO_NO_INPUT: "1",
  };
  const env = { ...withoutOwnSettings(process.env), ...settings };
  const start = (args: readonly string[], stdout: "inherit" | "pipe", stderr: "inherit" | "pipe") =>
    spawn(process.execPath, [process.argv[1] ?? "", ...args], {
      env,
      stdio: ["ignore", stdout, stderr],
      signal: interruption,
    });
  return {
    async show(args, { onAddress } = {}) {
      const child = start(args, isSilent ? "pipe" : "inherit", onAddress ? "pipe" : "inherit");
      child.stdout?.resume();
      const [exitCode] = await Promise.all([awaitEnd(child), onAddress && visit(child, onAddress)]);
      return exitCode;
    },
    async capture(args) {
      const child = start(args, "pipe", "inherit");
      const chunks: Buffer[] = [];
      child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
      const exitCode = await awaitEnd(child);
      return { stdout: Buffer.concat(chunks).toString("utf8"), exitCode };
    },
  };
}

function withoutOwnSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("QBO_")));
}

function awaitEnd(child: ChildProcess): Promise<ExitCode> {
  return new Promise((resolve) => {
    child.once("error", () => resolve(130));
    child.once("close", (code) => resolve(toExitCode(code)));
  });
}

const exitCodes: readonly ExitCode[] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 130];

function toExitCode(code: number | null): ExitCode {
  return exitCodes.find((known) => known === code) ?? 1;
}

/** Hands over the address that the program prints for the browser. What it tells besides is shown only when it fails. */
async function visit(child: ChildProcess, onAddress: (address: string) => Promise<void>): Promise<void> {
  let told = "";
  const address = await new Promise<string | undefined>((resolve) => {
    child.stderr?.on("data", (chunk: Buffer) => {
      told += chunk.toString("utf8");
      const found = /^ {2}(https:\/\/\S+)$/m.exec(told)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once("close", () => resolve(undefined));
  });
  child.once("close", (code) => {
    if (code !== 0) process.stderr.write(told);
  });
  if (address !== undefined) await onAddress(address);
}
