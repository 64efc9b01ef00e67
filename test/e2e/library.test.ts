import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { countEffects, start } from "../emulator/emulator-client.ts";
import { readFacts, seedExpired } from "./connections.ts";
import { createHome, runQbo } from "./qbo-process.ts";
import { root, runProgram } from "./run-library.ts";

interface Example {
  kind: "js" | "cjs";
  code: string;
  prints: string;
}

/** The examples of the page, each with what it prints. */
function readExamples(): Example[] {
  const page = readFileSync(join(root, "docs/library.md"), "utf8").replaceAll("\r\n", "\n");
  const found = page.matchAll(/```(c?js)\n([\s\S]*?)```\n\n```text\n([\s\S]*?)```/g);
  return [...found].map(([, kind, code = "", prints = ""]) => ({ kind: kind === "cjs" ? "cjs" : "js", code, prints }));
}

async function startWithAcme(latencyMs = 0) {
  const emulator = await start({ latencyMs });
  const home = createHome();
  const acme = await seedExpired({ home, emulator }, { name: "acme" });
  return { home, emulator, acme };
}

const examples = readExamples();

test("the page has its examples", () => {
  const page = readFileSync(join(root, "docs/library.md"), "utf8");
  expect(examples).toHaveLength(page.match(/```c?js$/gm)?.length ?? 0);
  expect(examples.length).toBeGreaterThan(4);
});

test.each(examples)("example %# of docs/library.md works as it says", async ({ kind, code, prints }) => {
  const { home, emulator } = await startWithAcme();
  expect(await runProgram(code, kind, { home, emulator })).toEqual({ stdout: prints, stderr: "" });
});

test("programs, calls and qbo at once cause exactly one refresh", async () => {
  const { home, emulator, acme } = await startWithAcme(300);
  const code = `import { openQbo } from "qbo-cli";
    const calls = Array.from({ length: 10 }, () => openQbo().getAccessToken("acme"));
    const tokens = new Set((await Promise.all(calls)).map(({ accessToken }) => accessToken));
    console.log([...tokens].join());`;
  const programs = Array.from({ length: 3 }, () => runProgram(code, "js", { home, emulator }));
  const commands = Array.from({ length: 5 }, () => runQbo(["token", "acme"], { home, emulator }));
  const answers = new Set((await Promise.all([...programs, ...commands])).map(({ stdout }) => stdout));
  expect([...answers]).toEqual([expect.stringMatching(/^[\x21-\x7e]{100,}\n$/)]);
  expect([...answers]).not.toContain(`${acme.accessToken}\n`);
  expect(await countEffects(emulator)).toMatchObject({ refreshes: 1, rejectedRefreshes: 0 });
  expect(readFacts(home)).toMatchObject([{ tokens: { generation: 2 } }]);
});

test("it is silent, and leaves the process as it was", async () => {
  const { home, emulator } = await startWithAcme();
  const code = `import { createRequire } from "node:module";
    import { deepEqual, equal } from "node:assert/strict";
    const look = () => [process.eventNames(), process.exitCode, { ...process.env }, process.title, process.umask()];
    const before = look();
    const { openQbo, QboError } = await import("qbo-cli");
    equal(createRequire(import.meta.url)("qbo-cli").QboError, QboError);
    const { signal } = new AbortController();
    const qbo = openQbo({ signal });
    await Promise.all(Array.from({ length: 30 }, () => qbo.getAccessToken("acme", { signal })));
    await qbo.refresh();
    await qbo.revoke("acme");
    await qbo.getAccessToken("acme").catch(() => undefined);
    deepEqual(look(), before);
    deepEqual(process.getActiveResourcesInfo().filter((name) => /TCP|TLS|Timeout|Process|Server|Watch/.test(name)), []);`;
  expect(await runProgram(code, "js", { home, emulator })).toEqual({ stdout: "", stderr: "" });
  expect(await countEffects(emulator)).toMatchObject({ refreshes: 2, revocations: 1 });
});
