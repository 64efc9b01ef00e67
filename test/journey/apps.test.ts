import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { startEmulatedIntuit } from "../world/emulated-intuit.ts";
import { runQbo, type Outcome } from "../world/run-qbo.ts";
import { createTestWorld, type TestWorld } from "../world/test-world.ts";

const secretOf = (clientId: string) => `secret-of-${clientId}`;

function setApp(world: TestWorld, environment: string, clientId: string, ...words: string[]): Promise<Outcome> {
  world.stdin = `${secretOf(clientId)}\n`;
  const app = ["--env", environment, "--client-id", clientId, "--client-secret-stdin"];
  return runQbo(["app", "set", "--json", ...app, ...words], world);
}

async function holdsSecret(world: TestWorld, clientId: string): Promise<boolean> {
  const globals = { json: false, quiet: true, verbose: false, debug: false, color: false, input: false };
  const store = await world.open(globals, () => undefined).openStore("file");
  return (await store.readClientSecret(clientId))?.reveal() === secretOf(clientId);
}

describe("qbo app set", () => {
  it("keeps everything but the secret in the configuration file", async () => {
    const world = createTestWorld();
    const outcome = await setApp(world, "sandbox", "ABc123", "--redirect-uri", "https://localhost:9999/cb");
    expect(outcome.json()).toEqual({
      app: {
        name: "sandbox",
        environment: "sandbox",
        clientId: "ABc123",
        redirectUri: "https://localhost:9999/cb",
        scopes: ["com.intuit.quickbooks.accounting", "openid", "profile", "email"],
        hasSecret: true,
        source: `${world.paths.config}/config.json`,
      },
    });
    const file = readFileSync(`${world.paths.config}/config.json`, "utf8");
    expect(JSON.parse(file)).toEqual({
      apps: { sandbox: { environment: "sandbox", clientId: "ABc123", redirectUri: "https://localhost:9999/cb" } },
    });
    expect(file + outcome.stdout + outcome.stderr).not.toContain(secretOf("ABc123"));
    expect(await holdsSecret(world, "ABc123")).toBe(true);
  });

  it("changes only what is given", async () => {
    const world = createTestWorld();
    await setApp(world, "sandbox", "ABc123", "--redirect-uri", "https://localhost:9999/cb");
    const scopes = "com.intuit.quickbooks.payment";
    const changed = await runQbo(["app", "set", "--env", "sandbox", "--scopes", scopes, "--json"], world);
    expect(changed.json()).toMatchObject({
      app: { clientId: "ABc123", redirectUri: "https://localhost:9999/cb", scopes: [scopes], hasSecret: true },
    });
  });

  it("releases the secret of a client that nobody needs any more", async () => {
    const world = createTestWorld();
    await setApp(world, "sandbox", "old");
    await setApp(world, "sandbox", "new");
    expect([await holdsSecret(world, "old"), await holdsSecret(world, "new")]).toEqual([false, true]);
  });

  it("warns of a redirect URI that production refuses", async () => {
    const world = createTestWorld();
    const outcome = await setApp(world, "production", "ABc123", "--redirect-uri", "https://localhost:8722/callback");
    expect(outcome.exitCode).toBe(0);
    expect(outcome.stderr).toContain("Intuit refuses localhost");
  });

  it("asks for the secret at a terminal, once", async () => {
    const world = createTestWorld();
    world.script.isAttended = true;
    world.script.answers = [[/^Client secret/, secretOf("ABc123")]];
    const words = ["app", "set", "--env", "sandbox", "--client-id", "ABc123"];
    expect((await runQbo(words, world)).exitCode).toBe(0);
    expect(await holdsSecret(world, "ABc123")).toBe(true);
    expect((await runQbo([...words, "--scopes", "com.intuit.quickbooks.payment"], world)).exitCode).toBe(0);
    expect(world.script.asked).toHaveLength(1);
  });

  it.each([
    [["--client-id", "ABc123"], "USAGE"],
    [["--env", "sandbox"], "APP_NOT_CONFIGURED"],
    [["--env", "sandbox", "--client-id", "a/b"], "USAGE"],
    [["--env", "sandbox", "--client-id", "a", "--client-secret-stdin"], "USAGE"],
    [["--env", "sandbox", "--client-id", "a", "--redirect-uri", "nowhere"], "CONFIG_INVALID"],
    [["--env", "sandbox", "--client-id", "a", "--scopes", "ä"], "USAGE"],
    [["--env", "nowhere", "--client-id", "a"], "CONFIG_INVALID"],
    [["--env", "constructor", "--client-id", "a"], "CONFIG_INVALID"],
    [["--env", "sandbox", "--client-id", "a", "--client-secret", "s"], "USAGE"],
  ])("refuses %j", async (words, code) => {
    const world = createTestWorld();
    world.stdin = "two words";
    const refused = await runQbo(["app", "set", "--json", ...words], world);
    expect(refused.error()).toMatchObject({ code });
    expect((await runQbo(["app", "list", "--json"], world)).json()).toMatchObject({ apps: [{ name: "emulator" }] });
  });
});

describe("qbo app list and show", () => {
  it("know configured apps, that of the variables, and the emulator's", async () => {
    const world = createTestWorld();
    await setApp(world, "sandbox", "ABc123");
    Object.assign(world.env, { QBO_ENV: "production", QBO_CLIENT_ID: "given", QBO_CLIENT_SECRET: secretOf("given") });
    const { apps } = (await runQbo(["app", "list", "--json"], world)).json<{ apps: Record<string, unknown>[] }>();
    expect(apps.map(({ name, clientId, hasSecret, source }) => ({ name, clientId, hasSecret, source }))).toEqual([
      { name: "production", clientId: "given", hasSecret: true, source: "QBO_CLIENT_ID" },
      { name: "sandbox", clientId: "ABc123", hasSecret: true, source: `${world.paths.config}/config.json` },
      { name: "emulator", clientId: "qbo-emulator-client", hasSecret: true, source: "built-in" },
    ]);
    const shown = await runQbo(["app", "show", "sandbox"], world);
    expect(shown.stdout).toContain("ABc123");
    expect(shown.stdout).not.toContain("secret-of");
    expect((await runQbo(["app", "show", "elsewhere", "--json"], world)).error().code).toBe("APP_NOT_CONFIGURED");
  });

  it("tell that a secret is missing", async () => {
    const world = createTestWorld();
    await runQbo(["app", "set", "--env", "sandbox", "--client-id", "ABc123"], world);
    expect((await runQbo(["app", "show", "sandbox", "--json"], world)).json()).toMatchObject({
      app: { hasSecret: false },
    });
    expect((await runQbo(["login", "--env", "sandbox", "--json"], world)).error()).toMatchObject({
      code: "APP_NOT_CONFIGURED",
      hint: "Store it: qbo app set --env sandbox --client-id ABc123 --client-secret-stdin",
    });
  });
});

describe("qbo app remove", () => {
  it("takes the secret with it, unless a connection needs it", async () => {
    const { qbo, world, control } = await startEmulatedIntuit();
    for (const clientId of ["needed", "idle"]) {
      await control("app", { clientId, clientSecret: secretOf(clientId) });
      expect((await setApp(world, "emulator", clientId, "--app", clientId)).exitCode).toBe(0);
    }
    expect((await qbo("login", "acme", "--env", "emulator", "--app", "needed")).exitCode).toBe(0);
    for (const clientId of ["needed", "idle"]) expect((await qbo("app", "remove", clientId, "--yes")).exitCode).toBe(0);
    expect([await holdsSecret(world, "needed"), await holdsSecret(world, "idle")]).toEqual([true, false]);
    expect((await qbo("refresh", "acme")).exitCode).toBe(0);

    expect((await qbo("revoke", "acme", "--forget", "--yes")).exitCode).toBe(0);
    expect(await holdsSecret(world, "needed")).toBe(false);
  });

  it("asks first, and needs an app that exists", async () => {
    const world = createTestWorld();
    await setApp(world, "sandbox", "ABc123");
    const remove = (...words: string[]) => runQbo(["app", "remove", "--json", ...words], world);
    expect((await remove("sandbox")).error().code).toBe("INPUT_REQUIRED");
    expect((await remove()).error().code).toBe("USAGE");
    for (const name of ["other", "constructor", "__proto__"])
      expect((await remove(name, "--yes")).error().code).toBe("USAGE");
    world.script.isAttended = true;
    world.script.answers = [[/Remove the app sandbox\?/, false]];
    expect((await remove("sandbox")).error().code).toBe("CANCELLED");
    expect(await holdsSecret(world, "ABc123")).toBe(true);
  });
});
