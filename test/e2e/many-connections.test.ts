import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { encodeFacts } from "../../src/core/connection-record.ts";
import { formatConnectionId } from "../../src/core/connection.ts";
import { exampleFacts } from "../core/example-facts.ts";
import { createHome, readAnswer, runQbo, type Home } from "./qbo-process.ts";

const many = 10_000;

/** So many megabytes of heap are enough for the records themselves, and not for an answer that is built whole beside them. */
const heap = "--max-old-space-size=48";

function fill({ state }: Home): void {
  const folder = join(state, "connections");
  mkdirSync(folder, { mode: 0o700 });
  const now = Date.now();
  for (let index = 0; index < many; index += 1) {
    const realmId = String(9_341_000_000_000_000 + index);
    const id = formatConnectionId({ environment: "sandbox", clientId: "A".repeat(50), realmId });
    const tokens = { ...exampleFacts.tokens, refreshTokenExpiresAt: now + 9e9, hardExpiresAt: now + 9e10 };
    const record = {
      ...exampleFacts,
      id,
      clientId: "A".repeat(50),
      realmId,
      tokens,
      rejection: null,
      disconnectedAt: null,
    };
    const text = encodeFacts({
      ...record,
      companyName: `Company number ${index}`,
      scopes: ["a.b.c", "openid", "profile"],
    });
    writeFileSync(join(folder, `acme-${index}.json`), text, { mode: 0o600 });
  }
}

test("ten thousand connections are listed in a small memory, none left out", async () => {
  const home = createHome();
  fill(home);
  const options = { home, env: { NODE_OPTIONS: heap } };
  const { connections } = readAnswer<{ connections: { name: string }[] }>(await runQbo(["status", "--json"], options));
  expect(new Set(connections.map(({ name }) => name)).size).toBe(many);
  const table = await runQbo(["status"], options);
  expect(table).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`${many} connections`) });
});
