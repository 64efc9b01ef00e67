import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Agent, request } from "undici";
import { onTestFinished } from "vitest";
import { startQbo } from "./qbo-process.ts";
import type { Home } from "./qbo-process.ts";

/** `qbo emulator` as a process of its own, over https, as a person starts it in another terminal. */
export interface EmulatorProcess {
  baseUrl: string;
  companies: { realmId: string; companyName: string }[];
  /** Uses one of the emulator's own controls. */
  control(path: string, body?: object): Promise<Record<string, unknown>>;
  /** How many requests were received that hold this text. */
  countRequests(text: string): Promise<number>;
}

/** Starts it on a free port; it ends with the test. Its certificate lies in the home, where `qbo login` looks for it. */
export async function startEmulatorProcess(home: Home, args: readonly string[] = []): Promise<EmulatorProcess> {
  const running = startQbo(["emulator", "--port", "0", "--json", ...args], { home });
  const [line] = await running.waitFor(/^\{.*\}$/m);
  const { baseUrl, companies }: Pick<EmulatorProcess, "baseUrl" | "companies"> = JSON.parse(line);
  const ca = await readFile(join(home.state, "certificates/emulator.pem"), "utf8");
  const dispatcher = new Agent({ connect: { ca } });
  onTestFinished(() => dispatcher.close());

  async function control(path: string, body?: object): Promise<Record<string, unknown>> {
    const { statusCode, body: answer } = await request(`${baseUrl}/_emulator/${path}`, {
      dispatcher,
      method: body === undefined ? "GET" : "POST",
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.text();
    if (statusCode !== 200) throw new Error(`${path}: ${statusCode} ${text}`);
    const value: Record<string, unknown> = JSON.parse(text);
    return value;
  }

  async function countRequests(text: string): Promise<number> {
    const { requests } = await control("requests");
    return Array.isArray(requests) ? requests.filter((seen) => JSON.stringify(seen).includes(text)).length : 0;
  }

  return { baseUrl, companies, control, countRequests };
}
