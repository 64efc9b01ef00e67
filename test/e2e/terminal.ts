import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";
import { buildEnvironment, program } from "./qbo-process.ts";
import type { RunOptions } from "./qbo-process.ts";

/** The built program at a real terminal, which tmux draws: what stands on the screen is what a person sees. */
export interface Terminal {
  /** What is on the screen and above it; a line that had to be wrapped is one line here. */
  read(): Promise<string>;
  /** The same with its colours, as escape sequences. */
  readColored(): Promise<string>;
  /** Types text as it is. */
  type(text: string): Promise<void>;
  /** Pastes text, as a terminal does that tells where a paste begins and ends. */
  paste(text: string): Promise<void>;
  /** Presses keys by their tmux names: Enter, Down, C-c. */
  press(...keys: string[]): Promise<void>;
  /** Waits until the screen shows it. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>;
  /** Waits until the program has ended; answers its exit code. */
  end(): Promise<number>;
}

export interface TerminalOptions extends RunOptions {
  columns?: number;
  rows?: number;
}

const run = promisify(execFile);
/** Longer than anything that is waited for here, on however slow a machine. */
const patienceMs = 60_000;

/** Runs `qbo` at a terminal of this size (80 × 24). The terminal closes with the test. */
export function openTerminal(args: readonly string[], options: TerminalOptions): Promise<Terminal> {
  return openProgram([process.execPath, program, ...args], options);
}

/** The same with any program, such as a shell. */
export async function openProgram(command: readonly string[], options: TerminalOptions): Promise<Terminal> {
  const { columns = 80, rows = 24, home } = options;
  const env = { LANG: "C.UTF-8", SHELL: "/bin/sh", ...buildEnvironment(options) };
  const socket = join(home.folder, `tmux-${randomUUID()}`);
  const tmux = async (...words: string[]): Promise<string> => {
    const { stdout } = await run("tmux", ["-u", "-S", socket, "-f", "/dev/null", ...words], { env });
    return stdout;
  };
  const line = command.map((word) => `'${word}'`).join(" ");
  // Ctrl-C reaches the shell as well, which has to outlive it.
  const script = `trap : INT; ${line}; echo "[exit $?]"; exec cat`;
  await tmux("new-session", "-d", "-x", String(columns), "-y", String(rows), script);
  onTestFinished(async () => void (await tmux("kill-server")));

  const read = async (...more: string[]) => {
    const text = await tmux("capture-pane", "-p", "-J", "-S", "-", ...more);
    return text.replaceAll(/[ \t]+$/gm, "").trimEnd();
  };
  const waitFor = async (pattern: RegExp): Promise<RegExpExecArray> => {
    const deadline = Date.now() + patienceMs;
    do {
      const match = pattern.exec(await read());
      if (match) return match;
      await new Promise((resolve) => setTimeout(resolve, 50));
    } while (Date.now() < deadline);
    throw new Error(`${pattern} never came:\n${await read()}`);
  };
  return {
    read: () => read(),
    readColored: () => read("-e"),
    type: async (text) => void (await tmux("send-keys", "-l", text)),
    paste: async (text) => {
      await tmux("set-buffer", text);
      await tmux("paste-buffer", "-p", "-d");
    },
    press: async (...keys) => void (await tmux("send-keys", ...keys)),
    waitFor,
    end: async () => Number((await waitFor(/^\[exit (\d+)\]$/m))[1]),
  };
}

/** The lines that are longer than the terminal is wide. */
export function findWrapped(screen: string, columns: number): string[] {
  return screen.split("\n").filter((line) => line.length > columns);
}
