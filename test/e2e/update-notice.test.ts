// needs: tmux
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { newestVersionAddress } from "../../src/adapters/updates/registry.ts";
import { closeServer } from "../adapters/callback-server/fixture.ts";
import { createOwnAuthority } from "./own-authority.ts";
import { createHome, runQbo } from "./qbo-process.ts";
import { openTerminal } from "./terminal.ts";
import { startFront, startTunnelProxy } from "./tunnel-proxy.ts";

/** A machine whose way to the registry leads to one of this test, by a proxy and an authority as companies have them. */
async function openMachine() {
  const [home, authority] = [createHome(), await createOwnAuthority()];
  const asked: (string | undefined)[] = [];
  const registry = createServer((message, response) => {
    asked.push(`${message.url} ${message.headers["user-agent"]} ${message.headers.authorization}`);
    response.end('{"version":"987.6.5"}');
  });
  await new Promise<void>((resolve) => registry.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => closeServer(registry));
  const address = registry.address();
  const behind = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  const front = await startFront(await authority.issue(new URL(newestVersionAddress).hostname), behind);
  const proxy = await startTunnelProxy({ to: front });
  const authorityFile = join(home.folder, "authority.pem");
  writeFileSync(authorityFile, authority.certificatePem);
  const env: Record<string, string | undefined> = {
    HTTPS_PROXY: `http://localhost:${proxy.port}`,
    NODE_EXTRA_CA_CERTS: authorityFile,
    QBO_NO_UPDATE_NOTICE: undefined,
  };
  const cache = join(home.state, "update.json");
  return {
    asked,
    proxy,
    cache,
    options: { home, env },
    readNewest: (): unknown => (existsSync(cache) ? JSON.parse(readFileSync(cache, "utf8")).newest : undefined),
    letDayPass: () => writeFileSync(cache, '{"at":"2026-01-01T00:00:00Z","newest":"987.6.5"}'),
  };
}

const notice = /^qbo 987\.6\.5 is there; this is \S+\. To update:/m;

test("at a terminal the newest version is looked for apart, once a day, and told after the answer", async () => {
  const machine = await openMachine();
  const first = await openTerminal(["status"], machine.options);
  expect(await first.end()).toBe(0);
  expect(await first.read()).not.toMatch(notice);
  await expect.poll(machine.readNewest, { timeout: 20_000 }).toBe("987.6.5");
  expect(machine.asked).toEqual([expect.stringMatching(/^\/qbo-cli\/latest qbo-cli\/\S+ undefined$/)]);
  const soon = await openTerminal(["status"], machine.options);
  await soon.end();
  expect(await soon.read()).not.toMatch(notice);
  machine.letDayPass();
  const later = await openTerminal(["status"], machine.options);
  expect(await later.end()).toBe(0);
  expect(await later.read()).toMatch(notice);
  await expect.poll(() => machine.asked.length, { timeout: 20_000 }).toBe(2);
});

test("nobody else is told, and nothing is looked for", async () => {
  const machine = await openMachine();
  machine.letDayPass();
  const { home, env } = machine.options;
  const atTerminal: [args: string[], changes: Record<string, string>][] = [
    [["status"], { QBO_NO_UPDATE_NOTICE: "1" }],
    [["status"], { CI: "true" }],
    [["status", "--quiet"], {}],
    [["status", "--json"], {}],
    [["token", "--format", "env", "nobody"], {}],
    [["--version"], {}],
  ];
  for (const [args, changes] of atTerminal) {
    const terminal = await openTerminal(args, { home, env: { ...env, ...changes } });
    await terminal.end();
    expect(await terminal.read()).not.toMatch(notice);
  }
  const piped = await runQbo(["status"], machine.options);
  expect(piped.stderr + piped.stdout).not.toMatch(notice);
  expect([machine.asked, machine.proxy.asked, machine.readNewest()]).toEqual([[], [], "987.6.5"]);
});
