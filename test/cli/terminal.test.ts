import { describe, expect, it } from "vitest";
import { createStyle } from "../../src/cli/style.ts";
import { isCi, judgeTerminal } from "../../src/cli/terminal.ts";

const judge = (isTTY: boolean, env: Record<string, string> = {}, color = true) => {
  const { hasColor, isAnimated } = judgeTerminal({ isTTY, columns: 120 }, { env, color });
  return `${hasColor ? "colour" : "plain"}, ${isAnimated ? "moving" : "still"}`;
};

describe("judgeTerminal", () => {
  it.each<[isTTY: boolean, env: Record<string, string>, verdict: string]>([
    [true, {}, "colour, moving"],
    [false, {}, "plain, still"],
    [true, { TERM: "dumb" }, "plain, still"],
    [true, { TERM: "xterm-256color" }, "colour, moving"],
    [true, { NO_COLOR: "1" }, "plain, moving"],
    [true, { NO_COLOR: "0" }, "plain, moving"],
    [true, { NO_COLOR: "" }, "colour, moving"],
    [false, { FORCE_COLOR: "1" }, "colour, still"],
    [false, { FORCE_COLOR: "" }, "plain, still"],
    [true, { FORCE_COLOR: "0" }, "plain, moving"],
    [true, { FORCE_COLOR: "1", TERM: "dumb" }, "colour, still"],
    [true, { FORCE_COLOR: "1", NO_COLOR: "1" }, "plain, moving"],
    [true, { CI: "true" }, "colour, still"],
    [true, { CI: "false" }, "colour, moving"],
  ])("terminal %s with %j: %s", (isTTY, env, verdict) => {
    expect(judge(isTTY, env)).toBe(verdict);
  });

  it("obeys --no-color above all", () => {
    expect(judge(true, { FORCE_COLOR: "1" }, false)).toBe("plain, moving");
  });

  it("knows a width", () => {
    const width = (stream: { isTTY?: boolean; columns?: number }) =>
      judgeTerminal(stream, { env: {}, color: true }).columns;
    expect(width({ isTTY: true, columns: 120 })).toBe(120);
    expect(width({ isTTY: true, columns: 3 })).toBe(20);
    expect(width({ isTTY: true })).toBe(80);
    expect(width({ columns: 40 })).toBe(100);
  });
});

describe("isCi", () => {
  it.each([
    ["true", true],
    ["1", true],
    ["woodpecker", true],
    ["", false],
    ["0", false],
    ["false", false],
  ])("takes CI=%j for %s", (value, verdict) => {
    expect([isCi({ CI: value }), isCi({})]).toEqual([verdict, false]);
  });
});

describe("createStyle", () => {
  const frame = { isTerminal: true, columns: 80, now: 0 };

  it("gives text as it is without colour", async () => {
    const style = await createStyle({ ...frame, hasColor: false });
    expect([style.bold("x"), style.dim("x"), style.red("x"), style.cyan("x")]).toEqual(["x", "x", "x", "x"]);
  });

  it("dresses it with colour, whatever this process writes to", async () => {
    const style = await createStyle({ ...frame, hasColor: true });
    expect([style.bold("x"), style.red("x")]).toEqual(["\u001b[1mx\u001b[22m", "\u001b[31mx\u001b[39m"]);
    expect(style).toMatchObject(frame);
  });
});
