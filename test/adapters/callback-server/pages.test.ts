import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { assert, constantFrom, oneof, property, string } from "fast-check";
import { renderPage } from "../../../src/adapters/callback-server/pages.ts";
import { style } from "../../../src/adapters/callback-server/style.ts";
import { hashSource } from "../../../src/core/html.ts";

const connected = { kind: "connected", companyName: "Blue Door", environment: "sandbox", connection: "blue" } as const;
const failed = { kind: "failed", title: "Not connected", message: "It went wrong.", hint: null } as const;

describe("the connected page", () => {
  test("names company, environment and connection", () => {
    const page = renderPage(connected);
    expect(page).toContain("<title>Connected to Blue Door – qbo</title>");
    for (const text of ["Blue Door", "sandbox", "blue", "You can close this tab and return to the terminal."]) {
      expect(page).toContain(text);
    }
  });

  test("does without a company's name", () => {
    expect(renderPage({ ...connected, companyName: null })).toContain("Connected to QuickBooks Online");
  });
});

describe("the failed page", () => {
  test("shows a command as something to copy, exactly", () => {
    const command = "qbo login --redirect-uri 'https://a.example/cb?x=1&y=2'";
    const shown = "<pre><code>qbo login --redirect-uri &#39;https://a.example/cb?x=1&amp;y=2&#39;</code></pre>";
    for (const hint of [command, `To try again: ${command}`]) {
      const page = renderPage({ ...failed, hint });
      // Each word has an element of its own, which keeps it in one piece.
      expect(page.replaceAll(/<\/?span>/g, "")).toContain(shown);
    }
    expect(renderPage({ ...failed, hint: `To try again: ${command}` })).toContain(">To try again:</p>");
  });

  test("shows several commands as advice, not as one", () => {
    const page = renderPage({ ...failed, hint: "Reconnect it: qbo login a. Another one: qbo login b" });
    expect(page).not.toContain("<pre>");
  });

  test("shows advice as a sentence, with its commands set apart", () => {
    const page = renderPage({ ...failed, hint: "Wait a minute, then run `qbo login <name>`." });
    expect(page).toContain("Wait a minute, then run <code>qbo login &lt;name&gt;</code>.");
    expect(page).not.toContain("<pre>");
  });
});

describe("every page", () => {
  test("has a language, one heading, one main landmark, and the style that the policy allows", () => {
    for (const page of [renderPage(connected), renderPage({ ...failed, hint: "qbo login" })]) {
      expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
      expect(page.match(/<h1>/g)).toHaveLength(1);
      expect(page.match(/<main /g)).toHaveLength(1);
      const shown = /<style>([^]*)<\/style>/.exec(page)?.[1] ?? "";
      expect(hashSource(style)).toBe(`sha256-${createHash("sha256").update(shown).digest("base64")}`);
      expect(page).not.toMatch(/<script|\sstyle=|\son\w+=|(?:src|href)="(?!data:)/);
    }
  });

  test("makes every text inert, whatever it contains", () => {
    const hostile = oneof(
      string({ unit: "binary" }),
      constantFrom(
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "`<b>`",
        "&lt;b&gt;",
        "\u202egnp.exe",
      ),
    );
    const plain = countTags(renderPage(connected));
    assert(
      property(hostile, hostile, hostile, (companyName, environment, connection) => {
        const page = renderPage({ kind: "connected", companyName, environment, connection });
        expect(countTags(page)).toBe(plain);
        // eslint-disable-next-line no-control-regex
        expect(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/.test(page)).toBe(false);
      }),
    );
    assert(
      property(hostile, hostile, hostile, (title, message, hint) => {
        const page = renderPage({ kind: "failed", title, message, hint });
        expect(/<(?:script|img|b)\b/.test(page)).toBe(false);
      }),
    );
  });

  test("stays small, however long its texts are", () => {
    const long = "x".repeat(1_000_000);
    expect(renderPage({ kind: "failed", title: long, message: long, hint: long }).length).toBeLessThan(16_000);
    expect(
      renderPage({ kind: "connected", companyName: long, environment: long, connection: long }).length,
    ).toBeLessThan(16_000);
  });
});

function countTags(page: string): number {
  return page.match(/</g)?.length ?? 0;
}
