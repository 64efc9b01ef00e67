import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { control, start } from "../emulator/emulator-client.ts";
import { startEmulatedIntuit } from "../world/emulated-intuit.ts";

interface Report {
  results: { connection: string; outcome: string; error: { code: string } | null }[];
}

/** Entries e1… of the environment `emulator` and o1… of one's own, which has a server of its own unless they share; they end in turns. */
async function startBoth(count: number, { isShared } = { isShared: false }) {
  const intuit = await startEmulatedIntuit();
  const { world, qbo, emulator } = intuit;
  const own = isShared ? emulator : await start({ redirectUris: [intuit.redirectUri] });
  mkdirSync(world.paths.config, { recursive: true });
  const endpoints = {
    authorizationEndpoint: `${own.baseUrl}/connect/oauth2`,
    tokenEndpoint: `${own.baseUrl}/oauth2/v1/tokens/bearer`,
    revocationEndpoint: `${own.baseUrl}/v2/oauth2/tokens/revoke`,
    userinfoEndpoint: `${own.baseUrl}/v1/openid_connect/userinfo`,
    jwksUri: `${own.baseUrl}/op/v1/jwks`,
    issuer: `${own.baseUrl}/op/v1`,
    apiBaseUrl: own.baseUrl,
  };
  writeFileSync(join(world.paths.config, "config.json"), JSON.stringify({ environments: { own: endpoints } }));
  world.stdin = "qbo-emulator-secret";
  await qbo("app", "set", "--env", "own", "--client-id", "qbo-emulator-client", "--client-secret-stdin");
  const list = async (server: typeof own, environment: string, minutesLater: number) => {
    const { connections } = await control<{ connections: Record<string, unknown>[] }>(server, "seed", {
      connections: count,
    });
    return connections.map(({ realmId, refreshToken }, index) => ({
      environment,
      name: `${environment.charAt(0)}${index + 1}`,
      realmId,
      refreshToken,
      refreshTokenExpiresAt: new Date(world.clock.now() + (40 + index) * 86_400_000 + minutesLater * 60_000),
    }));
  };
  const [theirs, ours] = [await list(emulator, "emulator", 0), await list(own, "own", 1)];
  const entries = theirs.flatMap((entry, index) => [entry, ours[index]]);
  const bringIn = (...options: string[]) => {
    world.stdin = entries.map((entry) => JSON.stringify(entry)).join("\n");
    return qbo("import", "--stdin", "--json", ...options);
  };
  const readStates = async () => {
    const { connections } = (await qbo("status", "--json")).json<{
      connections: { environment: string; state: string }[];
    }>();
    return new Set(connections.map(({ environment, state }) => `${environment} ${state}`));
  };
  await intuit.control("faults", { kind: "outage", as: "invalid-grant", endpoint: "token", count: 0 });
  return { ...intuit, bringIn, readStates };
}

describe("an outage of one environment, while another is well", () => {
  it("condemns nobody, and keeps nobody of the other from being refreshed", async () => {
    const { qbo, bringIn, readStates, countRequests } = await startBoth(6);
    expect((await bringIn("--no-refresh")).exitCode).toBe(0);
    const outcome = await qbo("refresh", "--all", "--json", "--concurrency", "1");
    expect(outcome.exitCode).toBe(6);
    expect(outcome.error()).toMatchObject({ code: "SERVICE_SUSPECT" });
    expect(outcome.error().hint).toContain("3 were not tried");
    const { results } = outcome.json<Report>();
    const told = results.map(({ connection, error }) => `${connection.charAt(0)} ${error?.code ?? "refreshed"}`);
    expect(told.toSorted()).toEqual([...Array(3).fill("e SERVICE_SUSPECT"), ...Array(6).fill("o refreshed")]);
    expect(await countRequests("/oauth2/v1/tokens/bearer")).toBe(3);
    expect(await readStates()).toEqual(new Set(["emulator stale", "own ready"]));
  });

  it("marks nobody while connections are brought in", async () => {
    const { bringIn, readStates } = await startBoth(4);
    const outcome = await bringIn();
    expect(outcome.error()).toMatchObject({ code: "SERVICE_SUSPECT", exitCode: 6 });
    expect(await readStates()).not.toContain("emulator reconnect");
  });
});

describe("an outage of a server that two environments share, as Intuit's do", () => {
  it("marks nobody when neither of them alone has many connections", async () => {
    const { qbo, bringIn, readStates } = await startBoth(2, { isShared: true });
    expect((await bringIn("--no-refresh")).exitCode).toBe(0);
    const outcome = await qbo("refresh", "--all", "--json", "--concurrency", "1");
    expect(outcome.error()).toMatchObject({ code: "SERVICE_SUSPECT", exitCode: 6 });
    const { results } = outcome.json<Report>();
    expect(results.map(({ error }) => error?.code)).toEqual(Array(4).fill("SERVICE_SUSPECT"));
    expect(await readStates()).toEqual(new Set(["emulator stale", "own stale"]));
  });
});
