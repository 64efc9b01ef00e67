import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeEntry, encodeEntry } from "../../src/adapters/vault/helper-entry.ts";
import type { ConnectionId } from "../../src/core/connection.ts";
import { Secret } from "../../src/core/secret.ts";
import { decodeTokens, encodeTokens } from "../../src/core/token-record.ts";
import { nameTokens } from "../../src/core/vault-keys.ts";
import { describe, expect, it } from "vitest";
import { QboError } from "../../src/core/errors.ts";
import type { CredentialStore, HeldTokens } from "../../src/core/store-ports.ts";
import { installHelper, type ScriptedHelper } from "../adapters/vault/scripted-helper.ts";
import { type EmulatedIntuit, startEmulatedIntuit } from "../world/emulated-intuit.ts";

interface Scene extends EmulatedIntuit {
  helper: ScriptedHelper;
}

const globals = { json: false, quiet: true, verbose: false, debug: false, color: false, input: false };

/** Acme is signed in, in the file store; `helper:test` is there, too. */
async function start(): Promise<Scene> {
  const [intuit, helper] = [await startEmulatedIntuit(), installHelper("test")];
  intuit.world.env["PATH"] = helper.path;
  await intuit.signIn(undefined, "--name", "acme");
  return { ...intuit, helper };
}

const listSealed = ({ world }: Scene) =>
  readdirSync(world.paths.secrets).filter((name) => name.startsWith("connection-"));
const listKept = ({ helper }: Scene) => readdirSync(join(helper.folder, "entries"));
function readFacts({ world }: Scene): { store: string; alsoIn?: string } {
  const facts: { store: string } = JSON.parse(readFileSync(join(world.paths.connections, "acme.json"), "utf8"));
  return facts;
}
const readAccessToken = async ({ qbo }: Scene) => (await qbo("token")).stdout.trim();

/** From now on `broken` is what the stores do, instead of what they would. */
async function breakStores({ world }: Scene, broken: (name: string) => Partial<HeldTokens>): Promise<() => void> {
  const doors = world.open(globals, () => undefined);
  const openStore = async (name: string): Promise<CredentialStore> => {
    const store = await doors.openStore(name);
    const { join: joinHeld } = store;
    return {
      ...store,
      exclusively: (id, work, wait) => store.exclusively(id, (held) => work({ ...held, ...broken(name) }), wait),
      ...(joinHeld ? { join: (id, held) => ({ ...joinHeld(id, held), ...broken(name) }) } : {}),
    };
  };
  Object.assign(world.replaced, { openStore });
  return () => void Reflect.deleteProperty(world.replaced, "openStore");
}

const full = new QboError("STORE_UNAVAILABLE", "The disk is full.");

describe("qbo store move", () => {
  it("brings a connection to another store and back, with the same tokens, and says so", async () => {
    const scene = await start();
    const { qbo, advance } = scene;
    const token = await readAccessToken(scene);
    const there = await qbo("store", "move", "acme", "--to", "helper:test", "--json");
    expect(there.json()).toEqual({
      to: "helper:test",
      results: [{ connection: "acme", from: "file", to: "helper:test", outcome: "moved", error: null }],
      clientSecrets: [],
      moved: 1,
      unchanged: 0,
      failed: 0,
    });
    expect([listSealed(scene), listKept(scene).length]).toEqual([[], 1]);
    expect(readFacts(scene)).toMatchObject({ store: "helper:test" });
    expect(readFacts(scene)).not.toHaveProperty("alsoIn");
    expect(await readAccessToken(scene)).toBe(token);
    await advance(4000);
    expect((await qbo("refresh")).exitCode).toBe(0);
    const refreshed = await readAccessToken(scene);
    expect((await qbo("store", "move", "--all", "--to", "file")).stdout).toContain("✓ acme: moved from helper:test");
    expect([listSealed(scene).length, listKept(scene)]).toEqual([1, []]);
    expect(await readAccessToken(scene)).toBe(refreshed);
    expect((await qbo("store", "move", "acme", "--to", "file")).stdout).toContain("is in file already");
    const { events } = (await qbo("history", "--json")).json<{ events: { event: string; detail: string | null }[] }>();
    expect(events.filter(({ event }) => event === "moved").map(({ detail }) => detail)).toEqual([
      "from file to helper:test",
      "from helper:test to file",
    ]);
  });

  it("takes along what is known against a connection: a move proves nothing", async () => {
    const { qbo, control, realms } = await start();
    await control("disconnect", { realmId: realms[0] });
    expect((await qbo("refresh", "acme")).exitCode).toBe(4);
    expect((await qbo("store", "move", "acme", "--to", "helper:test")).exitCode).toBe(0);
    expect((await qbo("status", "--json")).json()).toMatchObject({
      connections: [{ state: "reconnect", store: "helper:test", lastRefresh: { outcome: "rejected" } }],
    });
  });

  it("moves what is named, and tells what failed and stays", async () => {
    const scene = await start();
    const { qbo } = scene;
    await scene.bringIn(2);
    expect((await qbo("store", "move", "acme", "c1", "--to", "helper:test", "--json")).json()).toMatchObject({
      moved: 2,
    });
    const { connections } = (await qbo("status", "--json")).json<{ connections: { name: string; store: string }[] }>();
    const places = Object.fromEntries(connections.map(({ name, store }) => [name, store]));
    expect(places).toEqual({ acme: "helper:test", c1: "helper:test", c2: "file" });
    const gone = await breakStores(scene, (name) =>
      name === "helper:test" ? { load: () => Promise.reject(full) } : {},
    );
    const back = await qbo("store", "move", "--all", "--to", "file", "--json");
    gone();
    expect([back.exitCode, back.json()]).toMatchObject([8, { moved: 0, unchanged: 1, failed: 2 }]);
    expect((await qbo("store", "move", "--all", "--to", "file")).exitCode).toBe(0);
  });

  it("takes the secret of a client along with the last of its connections, and those of apps with --all", async () => {
    const scene = await start();
    const { qbo, world } = scene;
    world.stdin = "the-secret-of-another-app";
    const set = ["app", "set", "--env", "sandbox", "--client-id", "ABother", "--client-secret-stdin"];
    expect((await qbo(...set)).exitCode).toBe(0);
    const entry = { environment: "sandbox", realmId: "1", refreshToken: "r", clientId: "ABother" };
    world.stdin = [
      { ...entry, name: "one" },
      { ...entry, name: "two", realmId: "2" },
    ]
      .map((each) => JSON.stringify(each))
      .join("\n");
    expect((await qbo("import", "--stdin")).exitCode).toBe(0);
    const move = async (...words: string[]) => (await qbo("store", "move", ...words, "--json")).json().clientSecrets;
    const secret = { clientId: "ABother", error: null };
    const there = { ...secret, from: "file", to: "helper:test" };
    expect(await move("one", "--to", "helper:test")).toEqual([{ ...there, outcome: "left" }]);
    expect(await move("two", "--to", "helper:test")).toEqual([{ ...there, outcome: "moved" }]);
    expect(readdirSync(world.paths.secrets).filter((name) => name.startsWith("client-"))).toEqual([]);
    expect((await qbo("app", "show", "sandbox", "--json")).json()).toMatchObject({ app: { hasSecret: true } });
    for (const name of ["one", "two"]) await qbo("revoke", name, "--local-only", "--forget", "--yes");
    expect(await move("--all", "--to", "file")).toEqual([
      { ...secret, from: "helper:test", to: "file", outcome: "moved" },
    ]);
    expect(listKept(scene)).toEqual([]);
  });

  it.each([
    ["the new store cannot be written", "helper:test", { replace: () => Promise.reject(full) }],
    ["the new store keeps nothing", "helper:test", { replace: () => Promise.resolve() }],
  ])("leaves a connection where it works when %s", async (_, where, broken) => {
    const scene = await start();
    const token = await readAccessToken(scene);
    const mend = await breakStores(scene, (name) => (name === where ? broken : {}));
    const failed = await scene.qbo("store", "move", "acme", "--to", "helper:test", "--json");
    mend();
    expect(failed.error()).toMatchObject({ code: "STORE_UNAVAILABLE", exitCode: 7 });
    expect(readFacts(scene).store).toBe("file");
    expect(await readAccessToken(scene)).toBe(token);
    expect((await scene.qbo("store", "move", "acme", "--to", "helper:test")).exitCode).toBe(0);
    expect(await readAccessToken(scene)).toBe(token);
  });

  it("whose last step fails is done, and the next one, or a revocation, removes what was left", async () => {
    for (const [finish, left] of [
      [["store", "move", "acme", "--to", "helper:test"], 1],
      [["revoke", "acme", "--yes"], 0],
    ] as const) {
      const scene = await start();
      const mend = await breakStores(scene, (name) => (name === "file" ? { remove: () => Promise.reject(full) } : {}));
      const moved = await scene.qbo("store", "move", "acme", "--to", "helper:test");
      expect(moved.exitCode).toBe(0);
      expect(moved.stderr).toMatch(
        /A copy of the tokens of acme is still in the store file: .*To remove it: qbo store move acme --to helper:test/s,
      );
      mend();
      expect(readFacts(scene)).toMatchObject({ store: "helper:test", alsoIn: "file" });
      expect(listSealed(scene)).toHaveLength(1);
      expect((await scene.qbo("store", "status")).stdout).toContain("qbo store move acme --to helper:test");
      expect((await scene.qbo("refresh")).exitCode).toBe(0);
      expect((await scene.qbo(...finish)).exitCode).toBe(0);
      expect([listSealed(scene), listKept(scene).length]).toEqual([[], left]);
      expect(readFacts(scene)).not.toHaveProperty("alsoIn");
    }
  });

  it("whose last step fails for good: a forgotten connection's copy is told of", async () => {
    const scene = await start();
    await breakStores(scene, (name) => (name === "file" ? { remove: () => Promise.reject(full) } : {}));
    await scene.qbo("store", "move", "acme", "--to", "helper:test");
    const { exitCode, stderr } = await scene.qbo("revoke", "acme", "--forget", "--yes");
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/A copy of the tokens of acme is still in the store file: .*tools of that store\./s);
  });

  it("never gives up tokens that work for those that an earlier life left in the new store", async () => {
    const scene = await start();
    const { qbo, advance, helper } = scene;
    await qbo("store", "move", "acme", "--to", "helper:test");
    const file = listKept(scene).find((name) => name.includes("connection")) ?? "";
    const path = join(helper.folder, "entries", file);
    const { id } = (await qbo("status", "--json")).json<{ connections: [{ id: ConnectionId }] }>().connections[0];
    const entry = decodeEntry(nameTokens(id), readFileSync(path, "utf8"));
    if (entry.kind !== "value") return expect.fail("the entry can be read");
    const tokens = decodeTokens(entry.value.reveal());
    await qbo("store", "move", "acme", "--to", "file");
    await advance(200);
    const rotatedAt = tokens.refreshToken.rotatedAt + 100_000;
    const earlier = { ...tokens, refreshToken: { ...tokens.refreshToken, secret: new Secret("dead"), rotatedAt } };
    writeFileSync(path, encodeEntry(nameTokens(id), new Secret(encodeTokens(earlier)), "0".repeat(16)));

    const refused = await qbo("store", "move", "acme", "--to", "helper:test", "--json");
    expect(refused.error()).toMatchObject({ code: "STORE_CORRUPT", hint: expect.stringContaining("qbo refresh acme") });
    expect(readFacts(scene)).toMatchObject({ store: "file" });
    expect(readFacts(scene)).not.toHaveProperty("alsoIn");
    expect((await qbo("refresh", "acme")).exitCode).toBe(0);
    expect((await qbo("store", "move", "acme", "--to", "helper:test")).exitCode).toBe(0);
    expect((await qbo("refresh", "acme")).exitCode).toBe(0);
  });

  it("in the middle of a refresh: one of them waits, and the token that came is kept", async () => {
    const scene = await start();
    await scene.control("policy", { rotateAfterSeconds: 0, oldRefreshTokens: "revoke-chain" });
    await scene.advance(4000);
    const outcomes = await Promise.all([
      scene.qbo("refresh"),
      scene.qbo("store", "move", "acme", "--to", "helper:test"),
      scene.qbo("token"),
      scene.qbo("refresh"),
    ]);
    expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
    expect(readFacts(scene).store).toBe("helper:test");
    expect((await scene.qbo("refresh")).exitCode).toBe(0);
    expect((await scene.effects()).rejectedRefreshes).toBe(0);
  });

  it("is noticed by whoever has read the facts before it, and refreshes no copy that was left behind", async () => {
    const scene = await start();
    const mend = await breakStores(scene, (name) => (name === "file" ? { remove: () => Promise.reject(full) } : {}));
    await scene.qbo("store", "move", "acme", "--to", "helper:test");
    mend();
    const doors = scene.world.open(globals, () => undefined);
    let reads = 0;
    const stale: typeof doors.facts = {
      ...doors.facts,
      read: async (name) => {
        reads += 1;
        const now = await doors.facts.read(name);
        return reads === 1 && now ? { ...now, store: "file" } : now;
      },
    };
    Object.assign(scene.world.replaced, { facts: stale });
    const before = readFileSync(join(scene.world.paths.secrets, listSealed(scene)[0] ?? ""), "utf8");
    expect((await scene.qbo("refresh", "acme")).exitCode).toBe(0);
    Reflect.deleteProperty(scene.world.replaced, "facts");
    expect(readFileSync(join(scene.world.paths.secrets, listSealed(scene)[0] ?? ""), "utf8")).toBe(before);
    expect((await scene.qbo("store", "move", "acme", "--to", "helper:test")).exitCode).toBe(0);
    expect((await scene.qbo("refresh", "acme")).exitCode).toBe(0);
  });

  it.each([
    [["acme", "--all", "--to", "file"], "USAGE"],
    [["acme"], "USAGE"],
    [["acme", "--to", "drawer"], "USAGE"],
    [["acme", "--to", "postgres://me:pass-word@db.example.com/qbo"], "USAGE"],
    [["nobody", "--to", "helper:test"], "NOT_CONNECTED"],
    [["acme", "--to", "helper:nowhere"], "STORE_UNAVAILABLE"],
  ])("is refused before anything is moved: %j", async (words, code) => {
    const scene = await start();
    const refused = await scene.qbo("store", "move", ...words, "--json");
    expect(refused.error().code).toBe(code);
    expect(refused.stderr).not.toContain("pass-word");
    expect(listSealed(scene)).toHaveLength(1);
  });
});

describe("qbo store status", () => {
  it("tells of each store what it holds, whether it works, and what is damaged in it", async () => {
    const scene = await start();
    const { qbo, world } = scene;
    await scene.bringIn(1);
    await qbo("store", "move", "c1", "--to", "helper:test");
    const calm = await qbo("store", "status", "--json");
    expect([calm.exitCode, calm.json()]).toMatchObject([
      0,
      {
        newSecrets: { store: "file", source: "QBO_STORE" },
        stores: [
          {
            store: "file",
            isDefault: true,
            connections: 1,
            reachable: true,
            damaged: [],
            protection: expect.any(String),
          },
          { store: "helper:test", isDefault: false, connections: 1, reachable: true, error: null },
        ],
      },
    ]);
    world.env["PATH"] = "/nowhere";
    const [sealed = ""] = listSealed(scene);
    rmSync(join(world.paths.secrets, sealed));
    const troubled = await qbo("store", "status", "--json");
    expect([troubled.exitCode, troubled.json()]).toMatchObject([
      7,
      {
        stores: [
          { store: "file", reachable: true, damaged: [{ connection: "acme", error: { code: "STORE_CORRUPT" } }] },
          { store: "helper:test", reachable: false, error: { code: "STORE_UNAVAILABLE" } },
        ],
      },
    ]);
    const told = (await qbo("store", "status")).stdout;
    expect(told).toContain("✗ helper:test");
    expect(told).toContain("docker-credential-test");
  });

  it("ends well when only the store for new secrets, which holds nothing, cannot be reached", async () => {
    const scene = await start();
    scene.world.env["QBO_STORE"] = "helper:nowhere";
    const { exitCode, stdout } = await scene.qbo("store", "status");
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining("! helper:nowhere")]);
  });
});
