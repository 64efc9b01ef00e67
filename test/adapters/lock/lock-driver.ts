import { appendFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { createLock } from "../../../src/adapters/lock/lock.ts";
import { asQboError } from "../../../src/core/errors.ts";

/*
 * Run as a process of its own, in one of two ways:
 * - `count <folder> <rounds> [<stale after>]`: that often adds one to the number in `counter`, reading and writing it in separate steps,
 *   and appends the new number to `log`;
 * - `hold <folder> 0 [<stale after>]`: takes the lock, says "held", and at the end of its input tells whether it still owns it.
 */
const [mode = "", folder = "", rounds = "0", staleAfter = "90000"] = process.argv.slice(2);

const lock = createLock({
  folder: join(folder, "locks"),
  clock: { now: () => Date.now(), sleep: (milliseconds) => wait(milliseconds) },
  random: { token: (bytes) => randomBytes(bytes).toString("base64url") },
  host: "here",
  pid: process.pid,
  staleAfter: Number(staleAfter),
  heartbeat: 100,
  patience: 25_000,
});

async function count(): Promise<void> {
  const counter = join(folder, "counter");
  for (let round = 0; round < Number(rounds); round += 1) {
    await lock.exclusively("sandbox/ABc123/1", async () => {
      const next = Number(readFileSync(counter, "utf8")) + 1;
      await wait(1);
      // Whole or not at all, for this process may be killed at any moment.
      writeFileSync(`${counter}.${process.pid}`, String(next));
      renameSync(`${counter}.${process.pid}`, counter);
      appendFileSync(join(folder, "log"), `${next}\n`);
    });
  }
}

async function hold(): Promise<void> {
  await lock.exclusively("sandbox/ABc123/1", async (held) => {
    process.stdout.write("held\n");
    process.stdin.resume();
    await once(process.stdin, "end");
    const outcome = await held.assertOwned().then(
      () => "owned",
      (error: unknown) => asQboError(error)?.code ?? String(error),
    );
    process.stdout.write(`${outcome}\n`);
  });
}

await (mode === "count" ? count() : hold());
