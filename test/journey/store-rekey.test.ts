import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type EmulatedIntuit, startEmulatedIntuit } from "../world/emulated-intuit.ts";

const newKey = Buffer.alloc(32, 9).toString("base64");
const otherKey = Buffer.alloc(32, 10).toString("base64");

interface Scene extends EmulatedIntuit {
  oldKey: string;
  /** From now on QBO_STORE_KEY is this. */
  use(this: void, key: string): void;
}

/** Acme and c1, c2, and the secret of an app, sealed with QBO_STORE_KEY. */
async function start(): Promise<Scene> {
  const intuit = await startEmulatedIntuit();
  const { world, qbo } = intuit;
  await intuit.signIn(undefined, "--name", "acme");
  await intuit.bringIn(2);
  world.stdin = "the-secret-of-another-app";
  await qbo("app", "set", "--env", "sandbox", "--client-id", "ABother", "--client-secret-stdin");
  const oldKey = world.env["QBO_STORE_KEY"] ?? "";
  const use = (key: string) => void (world.env["QBO_STORE_KEY"] = key);
  return { ...intuit, oldKey, use };
}

function rekey({ world, qbo }: Scene, key: string) {
  world.stdin = `${key}\n`;
  return qbo("store", "rekey", "--new-key-stdin", "--json");
}

function readKeyIds({ world }: Scene): string[] {
  const names = readdirSync(world.paths.secrets).filter((name) => name.endsWith(".sealed"));
  return names.map((name) => {
    const { key }: { key: string } = JSON.parse(readFileSync(join(world.paths.secrets, name), "utf8"));
    return key;
  });
}

interface Report {
  from: string;
  to: string;
  finished: boolean;
  results: { connection: string | null; clientId: string | null; outcome: string }[];
  keys: { key: string; records: number }[];
}

describe("qbo store rekey", () => {
  it("seals everything with the new key, after which the old one opens nothing", async () => {
    const scene = await start();
    const { qbo, use, oldKey, world } = scene;
    const token = (await qbo("token", "acme")).stdout;
    const { from, to, ...report } = (await rekey(scene, newKey)).json<Report>();
    expect(report).toMatchObject({ finished: true, keys: [{ key: to, records: 4 }] });
    expect(report.results.map(({ connection, clientId, outcome }) => [connection ?? clientId, outcome])).toEqual([
      ["acme", "resealed"],
      ["c1", "resealed"],
      ["c2", "resealed"],
      ["ABother", "resealed"],
    ]);
    const refused = (await qbo("token", "acme", "--json")).error();
    expect(refused).toMatchObject({ code: "STORE_CORRUPT", exitCode: 7 });
    expect([refused.message, from]).toEqual([expect.stringContaining(to), expect.not.stringMatching(to)]);
    expect((await qbo("login", "--env", "emulator", "--json")).error().code).toBe("STORE_CORRUPT");
    use(newKey);
    expect((await qbo("token", "acme")).stdout).toBe(token);
    for (const name of ["acme", "c1", "c2"]) expect((await qbo("refresh", name)).exitCode).toBe(0);
    expect((await qbo("store", "status")).exitCode).toBe(0);
    world.env["QBO_STORE_KEY_NEW"] = oldKey;
    const back = await qbo("store", "rekey");
    expect([back.exitCode, back.stdout]).toEqual([0, expect.stringContaining(`The store has the key ${from} now.`)]);
  });

  it("shows neither key anywhere", async () => {
    const scene = await start();
    const { stdout, stderr } = await rekey(scene, "a passphrase that nobody knows");
    expect(`${stdout}${stderr}${JSON.stringify(readdirSync(scene.world.paths.secrets))}`).not.toMatch(
      /passphrase that/,
    );
    scene.use("a passphrase that nobody knows");
    expect((await scene.qbo("refresh", "acme")).exitCode).toBe(0);
  });

  it("goes on where it was interrupted, and until then each key opens its own records and may write", async () => {
    const scene = await start();
    const { qbo, world, use, oldKey } = scene;
    let updates = 0;
    const interruption = new AbortController();
    const doors = world.open(
      { json: false, quiet: true, verbose: false, debug: false, color: false, input: false },
      () => undefined,
    );
    const openRekeying: typeof doors.openRekeying = async (key) => {
      const rekeying = await doors.openRekeying(key);
      if (!rekeying) return undefined;
      const reseal: typeof rekeying.reseal = async (name, lockName) => {
        updates += 1;
        if (updates === 2) interruption.abort();
        return rekeying.reseal(name, lockName);
      };
      return { ...rekeying, reseal };
    };
    Object.assign(world.replaced, { openRekeying, interruption: interruption.signal });
    expect((await rekey(scene, newKey)).error()).toMatchObject({ code: "CANCELLED", exitCode: 130 });
    for (const door of ["openRekeying", "interruption"]) Reflect.deleteProperty(world.replaced, door);
    expect(new Set(readKeyIds(scene)).size).toBe(2);
    const works = async (...names: string[]) => {
      for (const name of names) expect((await qbo("refresh", name)).exitCode).toBe(0);
    };
    await works("c2");
    use(newKey);
    await works("acme", "c1");
    use(oldKey);
    const other = await rekey(scene, otherKey);
    expect(other.error()).toMatchObject({ code: "CONFIG_INVALID", message: expect.stringContaining("2 records") });
    expect((await rekey(scene, newKey)).json()).toMatchObject({ finished: true, keys: [{ records: 4 }] });
    use(newKey);
    await works("acme", "c1", "c2");
  });

  it("is not finished while a record cannot be opened, and tells which one it is", async () => {
    const scene = await start();
    const { qbo, world, use } = scene;
    const path = join(
      world.paths.secrets,
      readdirSync(world.paths.secrets).find((name) => name.includes("connection-")) ?? "",
    );
    const whole = readFileSync(path, "utf8");
    writeFileSync(path, whole.replace(/"nonce":"..../, '"nonce":"AAAA'));
    const partly = await rekey(scene, newKey);
    const report = partly.json<Report>();
    expect([partly.exitCode, report.finished]).toEqual([8, false]);
    expect(report.results.filter(({ outcome }) => outcome === "failed")).toHaveLength(1);
    expect((await rekey(scene, newKey)).json<Report>().finished).toBe(false);
    use(newKey);
    expect((await qbo("login", "--env", "emulator", "--name", "again")).exitCode).toBe(0);
    use(scene.oldKey);
    writeFileSync(path, whole);
    expect((await rekey(scene, newKey)).json<Report>().finished).toBe(true);
  });

  it("loses no token that comes meanwhile", async () => {
    const scene = await start();
    await scene.control("policy", { rotateAfterSeconds: 0, oldRefreshTokens: "revoke-chain" });
    const refreshes = ["acme", "c1", "c2", "acme", "c1"].map((name) => scene.qbo("refresh", name));
    const [changed] = await Promise.all([rekey(scene, newKey), ...refreshes]);
    expect(changed?.json<Report>().finished).toBe(true);
    scene.use(newKey);
    for (const name of ["acme", "c1", "c2"]) expect((await scene.qbo("refresh", name)).exitCode).toBe(0);
    expect((await scene.effects()).rejectedRefreshes).toBe(0);
  });

  it.each([
    ["the same key", ({ oldKey }: Scene) => oldKey, "CONFIG_INVALID"],
    ["a short passphrase", () => "short", "CONFIG_INVALID"],
    ["nothing", () => "", "USAGE"],
    ["too much", () => "x".repeat(1025), "USAGE"],
  ])("refuses %s, and changes nothing", async (_, choose, code) => {
    const scene = await start();
    const before = readKeyIds(scene);
    expect((await rekey(scene, choose(scene))).error().code).toBe(code);
    expect(readKeyIds(scene)).toEqual(before);
  });

  it("needs the present key, and a new one", async () => {
    const scene = await start();
    expect((await scene.qbo("store", "rekey", "--json")).error().code).toBe("INPUT_REQUIRED");
    scene.use(otherKey);
    expect((await rekey(scene, newKey)).error()).toMatchObject({ code: "STORE_CORRUPT" });
  });

  it("has nothing to do where there is no file store", async () => {
    const { world, qbo } = await startEmulatedIntuit();
    rmSync(world.paths.secrets, { recursive: true, force: true });
    world.env["QBO_STORE_KEY_NEW"] = newKey;
    expect((await qbo("store", "rekey")).stdout).toContain("nothing to seal");
  });
});
