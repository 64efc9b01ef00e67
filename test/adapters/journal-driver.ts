import { createJournal } from "../../src/adapters/journal.ts";

/** Run as a process of its own: appends `count` events whose details are `<name>0`, `<name>1`… */
const [folder = "", name = "", count = "0", maxBytes = "0"] = process.argv.slice(2);
const clock = { now: () => Date.now() };
const journal = createJournal({ folder, clock, host: "here", pid: process.pid, maxBytes: Number(maxBytes) });
for (let index = 0; index < Number(count); index += 1) {
  await journal.append({
    connection: null,
    event: "refreshed",
    outcome: "ok",
    tokenBefore: null,
    tokenAfter: null,
    intuitTid: null,
    detail: `${name}${index}`,
  });
}
