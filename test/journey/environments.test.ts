import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { EnvironmentConfig } from "../../src/core/config.ts";
import { type EmulatedIntuit, startEmulatedIntuit } from "../world/emulated-intuit.ts";

function spellOut(baseUrl: string): EnvironmentConfig {
  return {
    authorizationEndpoint: `${baseUrl}/connect/oauth2`,
    tokenEndpoint: `${baseUrl}/oauth2/v1/tokens/bearer`,
    revocationEndpoint: `${baseUrl}/v2/oauth2/tokens/revoke`,
    userinfoEndpoint: `${baseUrl}/v1/openid_connect/userinfo`,
    jwksUri: `${baseUrl}/op/v1/jwks`,
    issuer: `${baseUrl}/op/v1`,
    apiBaseUrl: `${baseUrl}/`,
  };
}

/** A machine whose configuration defines the environment `own`, and whose app has keys of its own. */
async function startWith(define: (baseUrl: string) => EnvironmentConfig) {
  const intuit = await startEmulatedIntuit();
  await intuit.control("app", { clientId: "own-client", clientSecret: "own-secret" });
  configure(intuit, { own: define(intuit.emulator.baseUrl) });
  intuit.world.stdin = "own-secret";
  await intuit.qbo("app", "set", "--env", "own", "--client-id", "own-client", "--client-secret-stdin");
  return intuit;
}

function configure({ world }: Pick<EmulatedIntuit, "world">, environments: Record<string, EnvironmentConfig>): void {
  mkdirSync(world.paths.config, { recursive: true });
  const apps = { own: { environment: "own", clientId: "own-client" } };
  writeFileSync(join(world.paths.config, "config.json"), JSON.stringify({ environments, apps }));
}

describe("an environment of one's own", () => {
  it.each<[string, (baseUrl: string) => EnvironmentConfig]>([
    ["spelled out", spellOut],
    [
      "found through its discovery document",
      (baseUrl) => ({ discoveryUrl: `${baseUrl}/.well-known/openid_configuration`, apiBaseUrl: baseUrl }),
    ],
  ])("carries a connection through its life when %s", async (_how, define) => {
    const { qbo, advance } = await startWith(define);
    expect((await qbo("login", "acme", "--env", "own", "--json")).json()).toMatchObject({
      connection: { environment: "own", app: "own", clientId: "own-client" },
    });
    await advance(7200);
    for (const command of ["token", "whoami", "companyinfo", "refresh"]) {
      const outcome = await qbo(command);
      expect(outcome).toMatchObject({ exitCode: 0 });
    }
    expect((await qbo("revoke", "--yes", "--json")).json()).toMatchObject({ results: [{ remote: "revoked" }] });
  });

  it("is refused, not followed, when its addresses move", async () => {
    const intuit = await startWith(spellOut);
    const { qbo, emulator, countRequests } = intuit;
    await qbo("login", "acme", "--env", "own");
    const before = await countRequests("/oauth2/v1/tokens/bearer");
    const moved = { ...spellOut(emulator.baseUrl), tokenEndpoint: "https://elsewhere.example/token" };
    configure(intuit, { own: moved });
    for (const words of [
      ["token"],
      ["refresh"],
      ["whoami"],
      ["companyinfo"],
      ["revoke", "--yes"],
      ["refresh", "--all"],
    ]) {
      const refused = await qbo(...words, "--json");
      expect([words, refused.exitCode]).toEqual([words, 3]);
      expect(refused.stderr + refused.stdout).toContain("https://elsewhere.example");
    }
    expect(await countRequests("/oauth2/v1/tokens/bearer")).toBe(before);
    expect((await qbo("revoke", "--yes", "--local-only")).exitCode).toBe(0);
  });

  it("is refused, not followed, when its discovery document moves, before a secret is sent", async () => {
    const intuit = await startWith((base) => ({
      discoveryUrl: `${base}/.well-known/openid_configuration`,
      apiBaseUrl: base,
    }));
    const { qbo, world, emulator, control, countRequests } = intuit;
    await qbo("login", "acme", "--env", "own");
    const sent = await countRequests("/oauth2/v1/tokens/bearer");
    const visits = world.visits.length;
    const named = ["authorization", "revocation", "userinfo"].map((what) => [`${what}_endpoint`, emulator.baseUrl]);
    const document = {
      issuer: emulator.baseUrl,
      jwks_uri: emulator.baseUrl,
      token_endpoint: "https://elsewhere.example",
    };
    const body = JSON.stringify({ ...document, ...Object.fromEntries(named) });
    await control("faults", { kind: "garbage", endpoint: "discovery", body, count: 0 });
    world.stdin = "some-refresh-token";
    for (const words of [
      ["login", "acme"],
      ["refresh", "--token-stdin", "--env", "own"],
    ]) {
      const refused = (await qbo(...words, "--json")).error();
      expect(refused).toMatchObject({
        code: "CONFIG_INVALID",
        message: expect.stringContaining("https://elsewhere.example"),
      });
    }
    expect([await countRequests("/oauth2/v1/tokens/bearer"), world.visits.length]).toEqual([sent, visits]);
    const found = await qbo("doctor", "acme", "--json");
    expect(found.stdout).toContain("https://elsewhere.example");
    expect((await qbo("token", "acme")).exitCode).toBe(0);
    configure(intuit, { own: { discoveryUrl: `${emulator.baseUrl}/x`, apiBaseUrl: "https://api.example" } });
    expect((await qbo("token", "acme", "--json")).error().message).toContain("https://api.example");
  });

  it("signs in again with the client that made the connection, when the configuration lost it", async () => {
    const intuit = await startWith(spellOut);
    await intuit.qbo("login", "acme", "--env", "own");
    const config = { environments: { own: spellOut(intuit.emulator.baseUrl) } };
    writeFileSync(join(intuit.world.paths.config, "config.json"), JSON.stringify(config));
    expect((await intuit.qbo("login", "--env", "own", "--json")).error()).toMatchObject({ code: "APP_NOT_CONFIGURED" });
    expect((await intuit.qbo("login", "acme", "--json")).json()).toMatchObject({
      reconnected: true,
      connection: { name: "acme", clientId: "own-client" },
    });
  });

  it.each<[string, EnvironmentConfig, string]>([
    ["without anything", {}, "neither a discoveryUrl"],
    ["without an apiBaseUrl", { discoveryUrl: "{base}/.well-known/openid_configuration" }, "lacks an address"],
    ["whose discovery document is missing", { discoveryUrl: "{base}/nothing", apiBaseUrl: "{base}" }, "cannot be read"],
  ])("is refused %s", async (_how, environment, message) => {
    const intuit = await startEmulatedIntuit();
    const text = JSON.stringify(environment).replaceAll("{base}", intuit.emulator.baseUrl);
    configure(intuit, { own: JSON.parse(text) });
    const refused = (await intuit.qbo("login", "--env", "own", "--json")).error();
    expect(refused).toMatchObject({ code: "CONFIG_INVALID", exitCode: 3 });
    expect(refused.message).toContain(message);
  });

  it("is not led onto an unprotected connection by its discovery document", async () => {
    const intuit = await startEmulatedIntuit();
    const { baseUrl } = intuit.emulator;
    configure(intuit, { own: { discoveryUrl: `${baseUrl}/.well-known/openid_configuration`, apiBaseUrl: baseUrl } });
    const { tokenEndpoint: _token, ...endpoints } = spellOut(baseUrl);
    const document = { ...endpoints, token_endpoint: "http://elsewhere.example/token", issuer: baseUrl };
    const named = {
      authorization_endpoint: baseUrl,
      revocation_endpoint: baseUrl,
      userinfo_endpoint: baseUrl,
      jwks_uri: baseUrl,
    };
    await intuit.control("faults", {
      kind: "garbage",
      endpoint: "discovery",
      body: JSON.stringify({ ...document, ...named }),
    });
    const refused = (await intuit.qbo("login", "--env", "own", "--json")).error();
    expect(refused.code).toBe("CONFIG_INVALID");
    expect(refused.message).toContain("http://elsewhere.example/token, which is not https");
  });

  it("cannot take the name of a built-in one, nor be made up on the command line", async () => {
    const intuit = await startEmulatedIntuit();
    configure(intuit, { sandbox: spellOut(intuit.emulator.baseUrl) });
    for (const environment of ["sandbox", "nowhere", "constructor", "../x"]) {
      const refused = (await intuit.qbo("login", "--env", environment, "--json")).error();
      expect([environment, refused.code]).toEqual([environment, "CONFIG_INVALID"]);
    }
  });
});

describe("the emulator as an environment", () => {
  it.each(["https://emulator.example", "ftp://localhost", "localhost:9722"])("is not at %s", async (address) => {
    const { qbo, world } = await startEmulatedIntuit();
    world.env["QBO_EMULATOR_URL"] = address;
    expect((await qbo("login", "--env", "emulator", "--json")).error()).toMatchObject({ code: "CONFIG_INVALID" });
  });

  it("is refused for a connection that was made through another", async () => {
    const { qbo, signIn, world } = await startEmulatedIntuit();
    await signIn(undefined, "--name", "acme");
    world.env["QBO_EMULATOR_URL"] = "http://localhost:1";
    const refused = (await qbo("token", "--json")).error();
    expect(refused).toMatchObject({ code: "CONFIG_INVALID", connection: "acme" });
    expect(refused.message).toContain("http://localhost:1");
  });

  it("says how to start it when none is running", async () => {
    const { qbo, emulator, world } = await startEmulatedIntuit();
    await emulator.close();
    const failed = (await qbo("login", "--env", "emulator", "--json")).error();
    expect(failed).toMatchObject({ code: "INTUIT_UNREACHABLE", exitCode: 6 });
    expect(failed.hint).toContain("qbo emulator");
    expect(world.visits).toEqual([]);
  });
});
