import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { signIn as consentElsewhere } from "../emulator/emulator-client.ts";
import { startEmulatedIntuit } from "../world/emulated-intuit.ts";
import { runQbo, type Json, type Outcome } from "../world/run-qbo.ts";
import { createTestWorld, type TestWorld } from "../world/test-world.ts";

const example = { environment: "sandbox", clientId: "ABc123", realmId: "9130350000000001", refreshToken: "refresh-1" };

/** Made-up tokens: nobody could prove them. */
async function importText(world: TestWorld, value: unknown, ...words: string[]) {
  return proveText(world, value, "--no-refresh", ...words);
}

async function proveText(world: TestWorld, value: unknown, ...words: string[]) {
  world.stdin = typeof value === "string" ? value : JSON.stringify(value);
  return runQbo(["import", "--stdin", "--json", ...words], world);
}

const readOutcomes = (outcome: Outcome) =>
  outcome
    .json<{ results: { connection: string; outcome: string }[] }>()
    .results.map((result) => [result.connection, result.outcome]);

async function readFingerprint(world: TestWorld, name: string): Promise<string | undefined> {
  const globals = { json: false, quiet: true, verbose: false, debug: false, color: false, input: false };
  const doors = world.open(globals, () => undefined);
  const known = await doors.facts.read(name);
  return known && (await (await doors.openStore("file")).load(known.id))?.refreshToken.secret.reveal();
}

describe("qbo import", () => {
  const other = { ...example, realmId: "9130350000000002", name: "beta" };

  it.each([
    ["an object", JSON.stringify({ ...example, name: "acme" }), ["acme"]],
    ["an array", JSON.stringify([{ ...example, name: "acme" }, other], undefined, 2), ["acme", "beta"]],
    ["lines", `${JSON.stringify({ ...example, name: "acme" })}\r\n\n${JSON.stringify(other)}\n`, ["acme", "beta"]],
    ["a name made of the company's", JSON.stringify({ ...example, companyName: "Ümlaut & Söhne" }), ["umlaut-sohne"]],
    ["a name made of the realm ID", JSON.stringify(example), ["company-0001"]],
  ])("reads %s", async (_what, text, names) => {
    const world = createTestWorld();
    const outcome = await importText(world, text);
    expect(outcome).toMatchObject({ exitCode: 0 });
    expect(readOutcomes(outcome)).toEqual(names.map((name) => [name, "imported"]));
  });

  it("takes everything that is given, also from a file and under --name", async () => {
    const world = createTestWorld();
    const file = join(world.folder, "secret.json");
    const given = { companyName: "Acme", scopes: ["com.intuit.quickbooks.accounting"], accessToken: "access-1" };
    const times = {
      expiresAt: "2100-01-01T00:00:00Z",
      refreshTokenExpiresAt: "2100-02-01T00:00:00Z",
      hardExpiresAt: "2100-03-01T00:00:00Z",
    };
    writeFileSync(file, JSON.stringify({ ...example, ...given, ...times, clientSecret: "client-secret" }));
    expect((await runQbo(["import", "--file", file, "--name", "main", "--no-refresh"], world)).exitCode).toBe(0);
    expect((await runQbo(["status", "--json"], world)).json()).toMatchObject({
      connections: [
        {
          name: "main",
          companyName: "Acme",
          clientId: "ABc123",
          scopes: ["com.intuit.quickbooks.accounting"],
          state: "ready",
          accessToken: { expiresAt: "2100-01-01T00:00:00Z" },
          refreshToken: { expiresAt: "2100-02-01T00:00:00Z", hardExpiresAt: "2100-03-01T00:00:00Z" },
        },
      ],
    });
    expect((await runQbo(["token"], world)).stdout).toBe("access-1\n");
  });

  it("refuses one name for several, and brings none in", async () => {
    const world = createTestWorld();
    const two = [example, { ...example, realmId: "9130350000000002" }];
    expect((await importText(world, two, "--name", "main", "--json")).error()).toMatchObject({ code: "USAGE" });
    expect((await runQbo(["status", "--json"], world)).json()).toEqual({ connections: [] });
  });

  it("brings a working connection in with Intuit's own key names", async () => {
    const { qbo, world, emulator, redirectUri, realms, advance } = await startEmulatedIntuit();
    const tokens = await consentElsewhere(emulator, { redirect_uri: redirectUri });
    const outcome = await importText(world, { ...tokens, realm_id: realms[0], name: "acme" }, "--env", "emulator");
    expect(readOutcomes(outcome)).toEqual([["acme", "imported"]]);
    expect((await qbo("token")).stdout.trim()).toBe(tokens.access_token);
    await advance(7200);
    expect((await qbo("token")).exitCode).toBe(0);
    expect((await qbo("refresh")).exitCode).toBe(0);
  });

  it.each([
    ["an equal token", {}, "kept", "refresh-1"],
    ["a token of unknown age", { refreshToken: "refresh-2" }, "kept", "refresh-1"],
    ["an older token", { refreshToken: "refresh-2", rotatedAt: "2026-01-01T00:00:00Z" }, "kept", "refresh-1"],
    ["a newer token", { refreshToken: "refresh-2", rotatedAt: "2026-01-03T00:00:00Z" }, "imported", "refresh-2"],
  ])("never goes over a newer token: %s", async (_what, change, outcome, kept) => {
    const world = createTestWorld();
    const stored = { ...example, name: "acme", rotatedAt: "2026-01-02T00:00:00Z" };
    await importText(world, stored);
    expect(readOutcomes(await importText(world, { ...example, ...change }))).toEqual([["acme", outcome]]);
    expect(await readFingerprint(world, "acme")).toBe(kept);
    expect(readOutcomes(await importText(world, { ...example, ...change }, "--if-absent"))).toEqual([["acme", "kept"]]);
  });

  it("replaces a token that is of no use any more", async () => {
    const world = createTestWorld();
    await importText(world, { ...example, name: "acme", refreshTokenExpiresAt: "2020-01-01T00:00:00Z" });
    expect(readOutcomes(await importText(world, { ...example, refreshToken: "refresh-2" }))).toEqual([
      ["acme", "imported"],
    ]);
    await runQbo(["revoke", "acme", "--local-only", "--yes"], world);
    expect(readOutcomes(await importText(world, example, "--if-absent"))).toEqual([["acme", "imported"]]);
    expect(await readFingerprint(world, "acme")).toBe("refresh-1");
  });

  it("reports every entry and exits 8 when some of many cannot be used", async () => {
    const world = createTestWorld();
    const outcome = await importText(world, [{ ...example, name: "acme" }, { ...example, realmId: "x" }, 7]);
    expect(outcome.exitCode).toBe(8);
    expect(outcome.json()).toMatchObject({
      results: [
        { connection: "acme", outcome: "imported", error: null },
        { connection: "x", outcome: "failed", error: { code: "USAGE" } },
        { connection: null, outcome: "failed", error: { code: "USAGE" } },
      ],
    });
  });

  it.each<[string, unknown, string]>([
    ["nothing", " ", "USAGE"],
    ["no JSON", "refresh-1", "USAGE"],
    ["a broken line", `${JSON.stringify(example)}\n{`, "USAGE"],
    ["a number as realm ID", { ...example, realmId: 9130350000 }, "USAGE"],
    ["no refresh token", { ...example, refreshToken: undefined }, "USAGE"],
    ["a refresh token with a line break", { ...example, refreshToken: "a\nb" }, "USAGE"],
    ["a time without a zone", { ...example, rotatedAt: "2026-01-01" }, "USAGE"],
    ["odd scopes", { ...example, scopes: [1] }, "USAGE"],
    ["a name that is none", { ...example, name: "Not A Name" }, "USAGE"],
    ["no environment", { ...example, environment: undefined }, "USAGE"],
    ["an unknown environment", { ...example, environment: "nowhere" }, "CONFIG_INVALID"],
    ["no client", { ...example, clientId: undefined }, "APP_NOT_CONFIGURED"],
  ])("refuses %s, without repeating the token", async (_what, value, code) => {
    const world = createTestWorld();
    const refused = await importText(world, value);
    expect(refused.error()).toMatchObject({ code });
    expect(refused.stderr).not.toContain("refresh-1");
    expect((await runQbo(["status", "--json"], world)).json()).toEqual({ connections: [] });
  });

  it("needs exactly one source", async () => {
    const world = createTestWorld();
    for (const words of [[], ["--stdin", "--file", "x"]]) {
      expect((await runQbo(["import", "--json", ...words], world)).error()).toMatchObject({ code: "USAGE" });
    }
    expect((await runQbo(["import", "--file", join(world.folder, "none"), "--json"], world)).error().code).toBe(
      "USAGE",
    );
  });

  it("is the first step of a CI job: import, then token", async () => {
    const { qbo, world, emulator, redirectUri, realms } = await startEmulatedIntuit();
    Object.assign(world.env, { CI: "true", QBO_ENV: "emulator" });
    const tokens = await consentElsewhere(emulator, { redirect_uri: redirectUri });
    const secret: Json = { realmId: realms[0], refreshToken: tokens.refresh_token };
    expect((await importText(world, secret, "--if-absent")).exitCode).toBe(0);
    const first = await qbo("token");
    expect(first).toMatchObject({ exitCode: 0, stderr: "" });
    expect(readOutcomes(await importText(world, secret, "--if-absent"))).toEqual([["company-4567", "kept"]]);
    expect((await qbo("token")).stdout).toBe(first.stdout);
  });
});
