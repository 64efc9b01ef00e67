import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, openSync, readSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { start } from "../emulator/emulator-client.ts";
import { seed } from "./connections.ts";
import { buildEnvironment, createHome, program, type RunOptions } from "./qbo-process.ts";

/** Makes an answer that no pipe takes at once. */
async function openScene(): Promise<RunOptions> {
  const scene = { home: createHome(), emulator: await start() };
  await seed(scene, 150);
  return scene;
}

function startStatus(scene: RunOptions, stdout: number | Socket): ChildProcess {
  const child = spawn(process.execPath, [program, "status", "--json"], {
    env: buildEnvironment(scene),
    stdio: ["ignore", stdout, "pipe"],
  });
  onTestFinished(() => void (child.exitCode === null && child.signalCode === null && child.kill("SIGKILL")));
  return child;
}

/** A pipe that keeps what it was given until somebody reads. */
function openPipe(folder: string): { descriptor: number; waitForText: () => Promise<void> } {
  const path = join(folder, "pipe");
  execFileSync("mkfifo", [path]);
  const reader = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  // Opened on its own, as a shell does: to wait or not is a setting of each end.
  const descriptor = openSync(path, "w");
  onTestFinished(() => [reader, descriptor].forEach(closeSync));
  return {
    descriptor,
    async waitForText() {
      for (let tries = 0; tries < 4000; tries += 1) {
        try {
          if (readSync(reader, Buffer.alloc(1)) === 1) return;
        } catch (error) {
          expect(error).toMatchObject({ code: "EAGAIN" });
        }
        await new Promise((resolve) => setTimeout(resolve, 15));
      }
      throw new Error("nothing was written");
    },
  };
}

describe.skipIf(process.platform === "win32")("an answer that is longer than what a pipe takes", () => {
  test("does not keep a second signal from ending the program while nobody reads", async () => {
    const scene = await openScene();
    const { descriptor, waitForText } = openPipe(scene.home.folder);
    const child = startStatus(scene, descriptor);
    const closing = once(child, "close");
    await waitForText();
    // Two that come at once may be taken for one.
    const repeating = setInterval(() => child.kill("SIGTERM"), 100);
    const timer = setTimeout(() => child.kill("SIGKILL"), 60_000);
    expect(await closing).toEqual([130, null]);
    [repeating, timer].forEach(clearTimeout);
  });

  test("is no error when a connection that reads is reset", async () => {
    const server = createServer({ pauseOnConnect: true }).listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("there is no port");
    const reader = connect(address.port, "127.0.0.1");
    const [socket]: Socket[] = await once(server, "connection");
    if (!socket) throw new Error("nobody came");
    const child = startStatus(await openScene(), socket);
    let stderr = "";
    child.stderr?.on("data", (text) => (stderr += String(text)));
    const closing = once(child, "close");
    await once(reader, "readable");
    reader.resetAndDestroy();
    expect([await closing, stderr]).toEqual([[0, null], ""]);
    socket.destroy();
  });
});
