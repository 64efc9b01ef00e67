import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { jsonDocuments } from "../../src/cli/topics.ts";
import { createTrustStore } from "../../src/adapters/trust-store/trust-store.ts";
import { type Held, playWindows } from "../adapters/trust-store/played-tools.ts";
import { startEmulatedIntuit } from "../world/emulated-intuit.ts";
import type { TestWorld } from "../world/test-world.ts";
import { describeShape } from "./describe-shape.ts";

// What scripts read, as files. After a change on purpose: npm run test:unit -- -u test/golden, then read the difference.
// Keys may be added; test/golden/contract.test.ts holds those that may never go.

function playTrustStore({ folder }: TestWorld) {
  return createTrustStore({ platform: "win32", env: {}, home: folder, run: playWindows(held) });
}

const held: Held[] = [];

interface Exported {
  connections: [{ refreshToken: string }];
}

/** One life of a connection, of which every command tells. */
async function collect(): Promise<Record<string, unknown>> {
  const documents: Record<string, unknown> = {};
  const { qbo, signIn, world, control, advance } = await startEmulatedIntuit();
  const keep = async (name: string, ...words: string[]) => {
    documents[name] = (await qbo(...words, "--json")).json();
  };
  documents["login"] = (await signIn(undefined, "--name", "acme", "--json")).json();
  await keep("login-start", "login", "acme", "--start");
  for (const name of ["token", "whoami", "companyinfo", "refresh", "status"]) await keep(name, name, "acme");
  await keep("api", "api", "--query", "select count(*) from Customer");
  documents["token-format-credential-process"] = (await qbo("token", "acme", "--format", "credential-process")).json();
  world.stdin = "a-secret";
  await keep("app-set", "app", "set", "--env", "sandbox", "--client-id", "abc", "--client-secret-stdin");
  await keep("app-remove", "app", "remove", "sandbox", "--yes");
  await keep("app-list", "app", "list");
  await keep("app-show", "app", "show", "emulator");
  await keep("app-export", "app", "export", "emulator", "--for", "dotenv");
  await keep("relay", "relay");
  await keep("export", "export", "acme", "--yes", "--plain");
  world.stdin = (await qbo("token", "acme")).stdout.trim();
  await keep("whoami-token-stdin", "whoami", "--token-stdin", "--env", "emulator");
  const { connections } = (await qbo("export", "acme", "--yes", "--plain")).json<Exported>();
  world.stdin = connections[0].refreshToken;
  await keep("refresh-token-stdin", "refresh", "--token-stdin", "--env", "emulator");
  await keep("use", "use", "acme");
  await keep("rename", "rename", "acme", "acme-2");
  await keep("store-keygen", "store", "keygen");
  await keep("config-list", "config", "list");
  await keep("config-get", "config", "get", "store");
  await keep("config-set", "config", "set", "minValidity", "60");
  await keep("config-unset", "config", "unset", "minValidity");
  Object.assign(world.replaced, { trustStore: async () => playTrustStore(world) });
  await keep("certs-trust", "certs", "trust", "--yes");
  await keep("certs-status", "certs", "status");
  await keep("certs-renew", "certs", "renew");
  await keep("certs-untrust", "certs", "untrust");
  await keep("store-status", "store", "status");
  await keep("store-move", "store", "move", "--all", "--to", "file");
  world.stdin = Buffer.alloc(32, 9).toString("base64");
  const newKey = world.stdin;
  await keep("store-rekey", "store", "rekey", "--new-key-stdin");
  world.env["QBO_STORE_KEY"] = newKey;
  await control("faults", { kind: "invalid-grant" });
  await advance(7200);
  documents["error"] = { error: (await qbo("token", "--json")).error() };
  await control("faults", { kind: "invalid-grant" });
  await keep("refresh-failed", "refresh", "--all");
  await keep("status-reconnect", "status");
  await keep("doctor-all", "doctor", "--all", "--offline");
  await keep("revoke", "revoke", "--yes");
  await keep("status-disconnected", "status");
  await keep("report", "report", "--output", join(world.folder, "report.html"));
  await keep("schedule", "schedule", "--for", "cron");
  await keep("completion", "completion", "bash");
  await keep("doctor", "doctor", "--offline");
  await keep("history", "history");
  world.stdin = JSON.stringify({ environment: "emulator", realmId: "1", refreshToken: "r" });
  await keep("import", "import", "--stdin", "--no-refresh");
  return documents;
}

describe("the JSON of", () => {
  it("every command is as it was", async () => {
    const documents = await collect();
    for (const [name, document] of Object.entries(documents)) {
      await expect(`${describeShape(document)}\n`).toMatchFileSnapshot(join(import.meta.dirname, "files", `json-${name}.txt`));
    }
    expect(Object.keys(documents).length).toBeGreaterThan(14);
    for (const [name, text] of jsonDocuments) {
      const document = documents[name.replaceAll(/[- ]+/g, "-")];
      const untold = Object.keys(document ?? {}).filter((key) => !text.includes(JSON.stringify(key)));
      expect({ name, untold, isKnown: document !== undefined || name === "Connection" }).toEqual({
        name,
        untold: [],
        isKnown: true,
      });
    }
  });
});

describe("a shape", () => {
  it("is told by keys and kinds, never by values", () => {
    const document = { at: "2026-01-02T03:04:05Z", list: [{ a: 1 }, { a: 2 }, { a: null }], none: [], flag: true };
    expect(describeShape(document)).toBe(
      "{\n  at: time\n  list: [\n    {\n      a: number\n    }\n    {\n      a: null\n    }\n  ]\n  none: []\n  flag: boolean\n}",
    );
  });
});
