import { describe, expect, it } from "vitest";
import { wrapLines } from "../../src/core/wrap-lines.ts";

const command = "qbo login copperleaf-garden-works";

describe("wrapLines", () => {
  it.each([
    ["what fits, as it is", "  a  b\n\nc", 6, "  a  b\n\nc"],
    ["between words", "one two three", 8, "one two\nthree"],
    ["below the text behind a label", "hint:  one two three", 15, "hint:  one two\n       three"],
    ["below the text behind a number", "  1. one two three", 12, "  1. one two\n     three"],
    ["below the text behind a sign", "✓ one two three", 10, "✓ one two\n  three"],
    ["with the indentation of the line", "  one two three", 10, "  one two\n  three"],
    [
      "closer to the edge, when a word has no room below",
      "  label   a-long-word and",
      20,
      "  label\n    a-long-word and",
    ],
    ["around an address, which stays whole", "at https://example.com/a/b now", 12, "at https://example.com/a/b\nnow"],
    ["before a command, which stays whole", `hint:  Sign in: ${command}`, 40, `hint:  Sign in:\n       ${command}`],
    [
      "within a command that is longer than a line, as a shell goes on",
      `If so, sign in again: ${command} --env emulator`,
      40,
      `If so, sign in again:\n  ${command} \\\n    --env emulator`,
    ],
    [
      "within it as often as it must",
      `hint:  Sign in: ${command} --env emulator --no-browser`,
      24,
      "hint:  Sign in:\n  qbo login \\\n    copperleaf-garden-works \\\n    --env emulator \\\n    --no-browser",
    ],
    [
      "behind a command, before a remark in parentheses",
      `hint:  Sign in: ${command} --no-browser (or elsewhere, as --start does)`,
      40,
      `hint:  Sign in:\n  ${command} \\\n    --no-browser (or elsewhere, as\n       --start does)`,
    ],
    [
      "before a command with its variable",
      "Elsewhere: A_B=c qbo login --env x",
      26,
      "Elsewhere:\nA_B=c qbo login --env x",
    ],
    ["before a state with its sign", "a-name (default)  ● ready", 20, "a-name (default)\n● ready"],
    ["before what stands in backticks", "Then use `qbo store keygen`.", 24, "Then use\n`qbo store keygen`."],
  ])("breaks %s", (_, text, columns, expected) => {
    expect(wrapLines(text, columns)).toBe(expected);
  });

  it("counts no colours, and finds the command behind a coloured label", () => {
    const label = "\u001b[33mnext:\u001b[39m";
    expect(wrapLines(`  ${label} qbo login`, 17)).toBe(`  ${label} qbo login`);
    expect(wrapLines(`  ${label} ${command}`, 40)).toBe(`  ${label}\n    ${command}`);
  });

  it("leaves no line longer than the terminal, for plain words at any width", () => {
    const text = "  label   The quick brown fox jumps over the lazy dog, again and again.";
    for (let columns = 12; columns < 80; columns += 1) {
      const lines = wrapLines(text, columns).split("\n");
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
      expect(lines.join(" ").replaceAll(/ +/g, " ")).toBe(text.replaceAll(/ +/g, " "));
    }
  });
});

describe("a certificate's fingerprint", () => {
  const fingerprint = Array.from({ length: 32 }, (_, index) => (index + 100).toString(16).toUpperCase()).join(":");

  it.each([100, 80, 54, 40, 30])("is broken between its bytes at %i columns, and never within one", (columns) => {
    const wrapped = wrapLines(`  Its SHA-256 fingerprint is ${fingerprint}.`, columns);
    const lines = wrapped.split("\n");
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(columns);
    expect(wrapped.replaceAll(/\s/g, "")).toContain(fingerprint);
    for (const line of lines.slice(1, -1)) expect(line).toMatch(/^ *(?:[0-9A-F]{2}:)+$/);
  });

  it("stays whole where it has room", () => {
    expect(wrapLines(`SHA-256 ${fingerprint} and more words after it`, 110)).toContain(fingerprint);
  });
});
