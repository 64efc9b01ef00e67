import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createJournal } from "../../src/adapters/journal.ts";
import { testJournal } from "../contract/journal.ts";
import { bundleDriver, useTemporaryFolder } from "./driver.ts";

const makeFolder = useTemporaryFolder();
const startedAt = Date.parse("2026-01-02T03:04:05Z");

const refreshed = (detail: string | null) => ({
  connection: "sandbox/ABc123/1",
  event: "refreshed" as const,
  outcome: "ok",
  tokenBefore: "0123456789ab",
  tokenAfter: "ba9876543210",
  intuitTid: "1-5f3a",
  detail,
});

function makeJournal(maxBytes?: number) {
  const folder = join(makeFolder(), "state");
  let now = startedAt;
  const clock = { now: () => (now += 1000) };
  const options = { folder, clock, host: "here", pid: 4711, ...(maxBytes === undefined ? {} : { maxBytes }) };
  return { folder, file: join(folder, "journal.jsonl"), journal: createJournal(options) };
}

testJournal("files", async (now) =>
  createJournal({ folder: join(makeFolder(), "state"), clock: { now }, host: "here", pid: 4711, maxBytes: 4000 }),
);

describe("the journal", () => {
  it("is empty before the first event", async () => {
    expect(await makeJournal().journal.read({})).toEqual([]);
  });

  it("gives back what was appended, with time, host and process", async () => {
    const { journal } = makeJournal();
    await journal.append(refreshed("first"));
    await journal.append({ ...refreshed(null), connection: null, event: "login-started" });
    expect(await journal.read({})).toEqual([
      { ...refreshed("first"), at: startedAt + 1000, host: "here", pid: 4711 },
      { ...refreshed(null), connection: null, event: "login-started", at: startedAt + 2000, host: "here", pid: 4711 },
    ]);
  });

  it("forgets one connection, also in the files put aside, and nothing else", async () => {
    const { journal, folder } = makeJournal(600);
    for (let count = 0; count < 8; count += 1) {
      await journal.append(refreshed(`gone ${count}`));
      await journal.append({ ...refreshed(`kept ${count}`), connection: "sandbox/ABc123/12" });
    }
    const before = (await journal.read({})).map(({ detail }) => detail);
    await journal.forget("sandbox/ABc123/1");
    await journal.append({ ...refreshed("later"), connection: "sandbox/ABc123/12" });
    const after = (await journal.read({})).map(({ detail }) => detail);
    expect(readdirSync(folder)).toContain("journal.1.jsonl");
    expect(before.filter((detail) => detail?.startsWith("gone"))).not.toEqual([]);
    expect(after).toEqual([...before.filter((detail) => detail?.startsWith("kept")), "later"]);
    for (const file of readdirSync(folder)) expect(readFileSync(join(folder, file), "utf8")).not.toContain("gone");
  });

  it.skipIf(process.platform === "win32")("can be read by its owner only", async () => {
    const { journal, file, folder } = makeJournal();
    await journal.append(refreshed(null));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it("starts on a fresh line after a torn one, wherever it was torn", async () => {
    const { journal, file } = makeJournal();
    await journal.append(refreshed("first"));
    const whole = readFileSync(file, "utf8");
    for (const length of [1, 20, whole.length - 3]) {
      writeFileSync(file, whole + whole.slice(0, length));
      await journal.append(refreshed("after"));
      expect((await journal.read({})).map(({ detail }) => detail)).toEqual(["first", "after"]);
    }
  });

  it("counts a last line whose end alone was torn off", async () => {
    const { journal, file } = makeJournal();
    await journal.append(refreshed("first"));
    writeFileSync(file, readFileSync(file, "utf8").trimEnd());
    await journal.append(refreshed("second"));
    expect((await journal.read({})).map(({ detail }) => detail)).toEqual(["first", "second"]);
  });

  it("skips garbage", async () => {
    const { journal, file } = makeJournal();
    await journal.append(refreshed("first"));
    appendFileSync(file, Buffer.from([0xff, 0xfe, 0x0a, 0x00, 0x0a]));
    appendFileSync(file, '{"at":"yesterday"}\n[]\nnull\n\n{"event":"refreshed"}\n');
    await journal.append(refreshed("second"));
    expect((await journal.read({})).map(({ detail }) => detail)).toEqual(["first", "second"]);
  });

  it("tells of a file system that fails", async () => {
    const { journal, folder, file } = makeJournal();
    mkdirSync(file, { recursive: true });
    await expect(journal.append(refreshed(null))).rejects.toMatchObject({ code: "FILES_UNAVAILABLE" });
    await expect(journal.read({})).rejects.toMatchObject({ code: "FILES_UNAVAILABLE" });
    expect(readdirSync(folder)).toEqual(["journal.jsonl"]);
  });
});

describe("rotation", () => {
  const appendMany = async (journal: ReturnType<typeof makeJournal>["journal"], count: number) => {
    for (let index = 0; index < count; index += 1) await journal.append(refreshed(`${index}`));
  };

  it("keeps four older files and gives the events in order, the oldest first", async () => {
    const { journal, folder } = makeJournal(600);
    await appendMany(journal, 40);
    expect(readdirSync(folder).toSorted()).toEqual([
      "journal.1.jsonl",
      "journal.2.jsonl",
      "journal.3.jsonl",
      "journal.4.jsonl",
      "journal.jsonl",
    ]);
    const details = (await journal.read({})).map(({ detail }) => Number(detail));
    expect(details.at(-1)).toBe(39);
    expect(details).toEqual(Array.from({ length: details.length }, (_, index) => 40 - details.length + index));
    expect(details.length).toBeGreaterThan(8);
  });

  it("is left to the process that does it, and taken up again when that one died", async () => {
    const { journal, folder } = makeJournal(600);
    await appendMany(journal, 2);
    const guard = join(folder, "journal.rotating");
    writeFileSync(guard, "");
    utimesSync(guard, startedAt / 1000, startedAt / 1000);
    await appendMany(journal, 8);
    expect(readdirSync(folder)).not.toContain("journal.1.jsonl");
    await appendMany(journal, 60);
    expect(readdirSync(folder)).toContain("journal.1.jsonl");
    expect(readdirSync(folder)).not.toContain("journal.rotating");
  });

  it("loses nothing of what several processes append meanwhile", async () => {
    const { folder, journal } = makeJournal();
    const driver = await bundleDriver("journal-driver.ts", makeFolder());
    const names = ["a", "b", "c", "d"];
    const children = names.map((name) => spawn(process.execPath, [driver, folder, name, "50", "14000"]));
    const codes = await Promise.all(children.map(async (child) => (await once(child, "exit"))[0]));
    expect(codes).toEqual([0, 0, 0, 0]);

    const details = (await journal.read({})).map(({ detail }) => detail);
    expect(readdirSync(folder)).toContain("journal.2.jsonl");
    expect(readdirSync(folder)).not.toContain("journal.4.jsonl");
    const expected = names.flatMap((name) => Array.from({ length: 50 }, (_, index) => `${name}${index}`));
    expect(details).toHaveLength(expected.length);
    expect(new Set(details)).toEqual(new Set(expected));
  });
});
