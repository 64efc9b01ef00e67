import { createServer } from "node:http";
import { onTestFinished, vi } from "vitest";
import type { Emulator } from "../../src/emulator/emulator.ts";
import { closeServer } from "../adapters/callback-server/fixture.ts";
import { forward, readAll } from "./recording-proxy.ts";

/**
 * Stands between qbo and an emulator, and keeps answers back until the test lets them go: what happens while Intuit
 * works is then a matter of order, and not of who is faster.
 */
export interface AnswerGate {
  /** The same emulator, seen through the gate. */
  emulator: Emulator;
  /** From now on answers of this endpoint, which Intuit has worked on, are kept back: `count` of them after the first `after`. */
  keep(this: void, endpoint: keyof typeof paths, which?: { after?: number; count?: number }): void;
  /** Waits until so many answers are kept back at the same time. */
  awaitKept(this: void, count: number): Promise<void>;
  /** Lets go what is kept back at this moment. */
  letGo(this: void): void;
  /** Lets go what is kept back, and keeps nothing back any more. */
  open(this: void): void;
}

const paths = { token: "/oauth2/v1/tokens/bearer", revoke: "/v2/oauth2/tokens/revoke" };

/** Starts it, open, for the length of a test. */
export async function startAnswerGate(emulator: Emulator): Promise<AnswerGate> {
  let shut = { path: "", after: 0, count: 0 };
  const kept = new Set<() => void>();
  const isToBeKept = (url = ""): boolean => {
    if (url !== shut.path) return false;
    const isKept = shut.after <= 0 && shut.count > 0;
    if (isKept) shut.count -= 1;
    else shut.after -= 1;
    return isKept;
  };
  const letGo = () => {
    for (const go of kept) go();
  };
  const server = createServer((message, response) => {
    const waitForLeave = () =>
      new Promise<void>((resolve) => {
        const go = () => {
          kept.delete(go);
          resolve();
        };
        kept.add(go);
        // Who does not wait any more is not counted.
        response.once("close", go);
      });
    const pass = async () => {
      const answer = await forward(emulator, message, await readAll(message));
      const text = await readAll(answer);
      if (isToBeKept(message.url)) await waitForLeave();
      response.writeHead(answer.statusCode ?? 502, answer.headers).end(text);
    };
    // An answer that is cut or lost on one side is so on the other.
    void pass().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await closeServer(server);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    emulator: { ...emulator, baseUrl: `http://localhost:${port}` },
    keep: (endpoint, { after = 0, count = Infinity } = {}) => void (shut = { path: paths[endpoint], after, count }),
    awaitKept: (count) =>
      vi.waitUntil(() => kept.size >= count, { interval: 5, timeout: 60_000 }).then(() => undefined),
    letGo,
    open() {
      shut = { path: "", after: 0, count: 0 };
      letGo();
    },
  };
}
