import { PassThrough } from "node:stream";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createEntryLine, readEntries } from "../../../src/adapters/prompter/terminal-entries.ts";

/** What becomes of keys that arrive in these pieces. */
function type(...chunks: string[]): { entries: string[]; interruptions: number } {
  const told = { entries: new Array<string>(), interruptions: 0 };
  const line = createEntryLine({
    submit: (entry) => told.entries.push(entry),
    interrupt: () => (told.interruptions += 1),
  });
  for (const chunk of chunks) line.take(chunk);
  return told;
}

describe("entries", () => {
  it.each<[what: string, chunks: string[], entries: string[]]>([
    ["typed and sent", ["a", "b", "\r"], ["ab"]],
    ["sent by a line feed", ["ab\n"], ["ab"]],
    ["two of them", ["a", "\r", "b", "\r"], ["a", "b"]],
    ["not sent yet", ["ab"], []],
    ["nothing but Enter", ["\r", " ", "\r"], []],
    ["pasted: sent by the end of the paste", ["\u001b[200~ab\u001b[201~"], ["ab"]],
    ["pasted, with the line breaks in it", ["\u001b[200~a\rb\r\u001b[201~"], ["a\rb\r"]],
    ["pasted, with the marks torn apart", ["\u001b", "[20", "0~a\rb\u001b[2", "01~"], ["a\rb"]],
    ["pasted at a terminal that does not tell: in one piece", ["a\rb\r"], ["a\rb"]],
    ["corrected", ["abc\u007f\b", "d\r"], ["ad"]],
    ["begun anew", ["abc\u0015d\r"], ["d"]],
    [
      "without arrows, Escape sequences and control characters",
      ["a\u001b[A\u001b[1;5C\u001bOP\u0004\u0000b\r"],
      ["ab"],
    ],
  ])("%s", (_, chunks, entries) => {
    expect(type(...chunks)).toEqual({ entries, interruptions: 0 });
  });

  it("are interrupted by Ctrl-C, but not by one within a paste", () => {
    expect(type("a\u0003").interruptions).toBe(1);
    expect(type("\u001b[200~a\u0003b\u001b[201~")).toEqual({ entries: ["ab"], interruptions: 0 });
  });

  it("are longer than a terminal's own line, and end somewhere", () => {
    expect(type(`${"a".repeat(10_000)}\r`).entries[0]).toHaveLength(10_000);
    expect(type(`${"a".repeat(100_000)}\r`).entries[0]).toHaveLength(64 * 1024);
  });

  it("are the same however a paste is torn", () => {
    const keys = "\u001b[200~https://name.example/callback?code=a\r&state=b\u001b[201~";
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: keys.length }), { maxLength: 6 }), (places) => {
        const cuts = [0, ...places, keys.length].toSorted((a, b) => a - b);
        const chunks = cuts.slice(1).map((end, index) => keys.slice(cuts[index], end));
        expect(type(...chunks).entries).toEqual(["https://name.example/callback?code=a\r&state=b"]);
      }),
    );
  });
});

describe("reading entries", () => {
  it("gives them in order, ends when told to, and leaves the terminal as it was", async () => {
    const modes: boolean[] = [];
    const stdin = Object.assign(new PassThrough(), { setRawMode: (isRaw: boolean) => modes.push(isRaw) });
    const stderr = new PassThrough();
    const controller = new AbortController();
    const entries: string[] = [];
    const reading = (async () => {
      for await (const entry of readEntries({ stdin, stderr, interrupt: () => undefined }, controller.signal)) {
        entries.push(entry);
        if (entries.length === 2) controller.abort();
      }
    })();
    stdin.write("one\r");
    await new Promise((resolve) => setImmediate(resolve));
    stdin.write("two\r");
    await reading;
    expect(entries).toEqual(["one", "two"]);
    expect(modes).toEqual([true, false]);
    expect([stdin.isPaused(), stdin.listenerCount("data")]).toEqual([true, 0]);
    expect(String(stderr.read())).toBe("\u001b[?2004h\u001b[?2004l");
  });

  it("ends with the input", async () => {
    const stdin = new PassThrough();
    stdin.end("half");
    const entries = readEntries(
      { stdin, stderr: new PassThrough(), interrupt: () => undefined },
      new AbortController().signal,
    );
    const found: string[] = [];
    for await (const entry of entries) found.push(entry);
    expect(found).toEqual([]);
  });
});
