import { mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/adapters/clock.ts";
import { readAllOfStdin, readNamedFile } from "../../src/adapters/input.ts";
import { createNotices } from "../../src/adapters/notices/notices.ts";
import { findPaths } from "../../src/adapters/paths.ts";
import { createPrompter } from "../../src/adapters/prompter/prompter.ts";
import { systemRandom } from "../../src/adapters/random.ts";
import { asQboError } from "../../src/core/errors.ts";
import { tellOutcome } from "../core/tell-outcome.ts";
import { useTemporaryFolder } from "./driver.ts";

const makeFolder = useTemporaryFolder();
const calm = new AbortController().signal;
const codeOf = (reason: unknown) => asQboError(reason)?.code;

describe("paths", () => {
  it("follow QBO_CONFIG_DIR and QBO_STATE_DIR", () => {
    const state = join("/", "s");
    expect(findPaths({ QBO_CONFIG_DIR: "/c", QBO_STATE_DIR: "/s" }, "linux")).toEqual({
      config: "/c",
      systemConfig: "/etc/qbo-cli/config.json",
      state: "/s",
      connections: join(state, "connections"),
      clients: join(state, "clients"),
      secrets: join(state, "secrets"),
      locks: join(state, "locks"),
      rescue: join(state, "rescue"),
      signIns: join(state, "sign-ins"),
      certificates: join(state, "certificates"),
    });
    expect(findPaths({ QBO_STATE_DIR: "~/q" }, "linux").state).toBe(join(homedir(), "q"));
  });

  it("are the platform's own otherwise, each under qbo-cli", () => {
    const { config, state } = findPaths({ QBO_CONFIG_DIR: "", QBO_STATE_DIR: "" }, "linux");
    for (const folder of [config, state]) expect(folder).toMatch(/qbo-cli$/);
    expect(config).not.toBe(state);
  });

  it.each(["relative", "./x", "~x", "a\u0000b"])("are not %j", (folder) => {
    expect(tellOutcome(() => findPaths({ QBO_STATE_DIR: folder }, "linux"))).toBe("CONFIG_INVALID");
    expect(tellOutcome(() => findPaths({ QBO_CONFIG_DIR: folder }, "linux"))).toBe("CONFIG_INVALID");
  });
});

describe("what is piped in", () => {
  it("is read to its end, over the seams of its pieces", async () => {
    const [first, second] = [Buffer.from("ä").subarray(0, 1), Buffer.from("ä").subarray(1)];
    expect(await readAllOfStdin(Readable.from([Buffer.from("a"), first, second]), calm)).toBe("aä");
    expect(await readAllOfStdin(Readable.from([]), calm)).toBe("");
  });

  it("is at most 1 MiB, and no terminal", async () => {
    const large = [Buffer.alloc(1024 * 1024), Buffer.alloc(1)];
    expect(await readAllOfStdin(Readable.from(large), calm).catch(codeOf)).toBe("USAGE");
    expect((await readAllOfStdin(Readable.from(large.slice(0, 1)), calm)).length).toBe(1024 * 1024);
    const terminal = Object.assign(new PassThrough(), { isTTY: true });
    expect(await readAllOfStdin(terminal, calm).catch(codeOf)).toBe("USAGE");
  });

  it("is text in UTF-8, and nothing is made of other bytes", async () => {
    const pdf = Buffer.from([0x25, 0x50, 0x44, 0x46, 0xe2, 0xe3]);
    expect(await readAllOfStdin(Readable.from([pdf]), calm).catch(codeOf)).toBe("USAGE");
    const path = join(makeFolder(), "given.pdf");
    writeFileSync(path, pdf);
    expect(await readNamedFile(path, calm).catch(codeOf)).toBe("USAGE");
  });

  it("is waited for no longer than until a signal comes", async () => {
    const controller = new AbortController();
    const pipe = new PassThrough();
    pipe.write("a beginning");
    const reading = readAllOfStdin(pipe, controller.signal).catch(codeOf);
    controller.abort();
    expect([await reading, pipe.destroyed]).toEqual(["CANCELLED", true]);
    expect(await readAllOfStdin(new PassThrough(), controller.signal).catch(codeOf)).toBe("CANCELLED");
  });

  it("may be a file, of at most 1 MiB", async () => {
    const folder = makeFolder();
    const path = join(folder, "given.json");
    writeFileSync(path, "{}");
    expect(await readNamedFile(path, calm)).toBe("{}");
    writeFileSync(path, Buffer.alloc(1024 * 1024 + 1));
    expect(await readNamedFile(path, calm).catch(codeOf)).toBe("USAGE");
    expect(await readNamedFile(join(folder, "none"), calm).catch(codeOf)).toBe("USAGE");
    mkdirSync(join(folder, "folder"));
    expect(await readNamedFile(join(folder, "folder"), calm).catch(codeOf)).toBe("USAGE");
  });
});

describe("notices", () => {
  function tell(options: { isQuiet: boolean; columns?: number }): string {
    const stderr = new PassThrough();
    const notices = createNotices({ stderr, isAnimated: false, clock: systemClock, ...options });
    notices.inform("informed");
    notices.warn("warned of something");
    const stop = notices.begin("begun");
    stop();
    return String(stderr.read() ?? "");
  }

  it("are lines on stderr", () => {
    expect(tell({ isQuiet: false })).toBe("informed\nwarned of something\nbegun\n");
  });

  it("are warnings only with --quiet", () => {
    expect(tell({ isQuiet: true })).toBe("warned of something\n");
  });
});

const plain = { hasColor: false, columns: undefined };

describe("the prompter", () => {
  const silent = { stdin: new PassThrough(), stderr: new PassThrough() };

  it("asks nothing where nobody is", async () => {
    const prompter = createPrompter({ canAsk: false, interrupt: () => undefined, ...plain, ...silent }, calm);
    const choices = [{ value: "a", label: "A" }];
    const questions = [
      prompter.askText("What?"),
      prompter.askSecret("What?"),
      prompter.confirm("What?"),
      prompter.choose("What?", choices),
    ];
    for (const question of questions) {
      const error = await question.catch((reason: unknown) => asQboError(reason));
      expect(error).toMatchObject({ code: "INPUT_REQUIRED", exitCode: 2, message: "There is nobody to answer: What?" });
    }
    expect([prompter.canAsk, silent.stderr.read()]).toEqual([false, null]);
  });
});

describe("a question that is waiting for its answer", () => {
  it.each(["askText", "askSecret", "confirm"] as const)("is withdrawn when a signal comes: %s", async (way) => {
    const listeners = process.listenerCount("SIGTERM");
    const controller = new AbortController();
    const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => stdin });
    const stderr = new PassThrough();
    const prompter = createPrompter(
      { canAsk: true, interrupt: () => undefined, ...plain, stdin, stderr },
      controller.signal,
    );
    const answer = prompter[way]("What?").catch(codeOf);
    let screen = "";
    for await (const text of stderr) if ((screen += String(text)).includes("What?")) break;
    expect(process.listenerCount("SIGTERM")).toBe(listeners);
    controller.abort();
    expect(await answer).toBe("CANCELLED");
    const late = createPrompter(
      { canAsk: true, interrupt: () => undefined, ...plain, stdin, stderr: new PassThrough() },
      controller.signal,
    );
    expect(await late[way]("What?").catch(codeOf)).toBe("CANCELLED");
  });
});

describe("clock and randomness", () => {
  it("end a sleep early when they are told to", async () => {
    const controller = new AbortController();
    const sleeping = systemClock.sleep(600_000, controller.signal);
    controller.abort();
    await sleeping;
    await systemClock.sleep(600_000, controller.signal);
    await systemClock.sleep(1);
    const before = Date.now();
    const now = systemClock.now();
    expect([before <= now, now <= Date.now()]).toEqual([true, true]);
  });

  it("never draw the same twice", () => {
    const drawn = Array.from({ length: 100 }, () => systemRandom.token(32));
    expect(new Set(drawn).size).toBe(100);
    for (const token of drawn) expect(token).toMatch(/^[\w-]{43}$/);
  });
});
