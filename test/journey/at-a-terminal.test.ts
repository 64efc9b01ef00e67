import { describe, expect, it } from "vitest";
import { startEmulatedIntuit } from "../world/emulated-intuit.ts";
import { consentAtOnce } from "../world/following-browser.ts";
import { runQbo } from "../world/run-qbo.ts";
import { createTestWorld } from "../world/test-world.ts";

async function startAttended() {
  const intuit = await startEmulatedIntuit();
  intuit.world.script.isAttended = true;
  return intuit;
}

describe("a command that needs a connection, at a terminal", () => {
  it.each(["companyinfo", "whoami", "refresh"])("%s offers to sign in, and then goes on", async (command) => {
    const { qbo, world } = await startAttended();
    world.script.answers = [[/^Sign in now\?/, true]];
    const outcome = await qbo(command, "--env", "emulator", "--json");
    expect(outcome).toMatchObject({ exitCode: 0 });
    expect(outcome.stdout).toContain("copperleaf-garden-works");
    expect(world.script.asked).toHaveLength(1);
  });

  it("offers it for a rejected and for a disconnected connection, under its name", async () => {
    const { qbo, world, signIn, control } = await startAttended();
    await signIn(undefined, "--name", "acme");
    await control("faults", { kind: "invalid-grant", endpoint: "companyinfo" });
    await control("faults", { kind: "invalid-grant", endpoint: "token" });
    world.script.answers = [[/^Sign in now\?/, true]];
    expect((await qbo("companyinfo", "--json")).json()).toMatchObject({ connection: "acme" });

    await qbo("revoke", "acme", "--yes");
    world.script.answers = [[/^Sign in now\?/, true]];
    expect((await qbo("whoami", "--json")).json()).toMatchObject({ connection: "acme" });
  });

  it("ends with the first error when the person declines", async () => {
    const { qbo, world } = await startAttended();
    world.script.answers = [[/^Sign in now\?/, false]];
    expect((await qbo("companyinfo", "--json")).error()).toMatchObject({ code: "NOT_CONNECTED", exitCode: 4 });
    expect(world.visits).toEqual([]);
  });

  it.each([["token"], ["status"], ["refresh", "--all"], ["companyinfo", "--no-input"], ["companyinfo", "12345"]])(
    "does not offer it for %s %s",
    async (...words) => {
      const { qbo, world } = await startAttended();
      await qbo(...words, "--json");
      expect(world.script.asked).toEqual([]);
      expect(world.visits).toEqual([]);
    },
  );

  it("does not offer it in CI", async () => {
    const { qbo, world } = await startAttended();
    world.env["CI"] = "true";
    expect((await qbo("companyinfo", "--json")).error()).toMatchObject({ code: "NOT_CONNECTED" });
    expect(world.script.asked).toEqual([]);
  });
});

describe("a first sign-in", () => {
  it("asks for environment and keys, shows what to register, and keeps both", async () => {
    const { world, redirectUri } = await startAttended();
    world.script.answers = [
      [/Which environment/, "sandbox"],
      [/Client ID/, " new-client "],
      [/Client secret/, "new-secret"],
    ];
    // Intuit itself must not be reached: the browser brings nothing back.
    world.consent = async () => undefined;
    const outcome = await runQbo(["login", "--timeout", "5"], world);
    expect(outcome.exitCode).toBe(4);
    for (const words of ["development", "https://developer.intuit.com", redirectUri, "client_id=new-client"]) {
      expect(outcome.stderr).toContain(words);
    }
    expect(outcome.stderr).not.toContain("new-secret");
    expect(world.visits[0]?.opened).toContain("https://appcenter.intuit.com/connect/oauth2?client_id=new-client");

    world.script.answers = [];
    expect((await runQbo(["app", "show", "sandbox", "--json"], world)).json()).toMatchObject({
      app: { clientId: "new-client", hasSecret: true, redirectUri },
    });
  });

  it("needs the environment said where nobody can be asked", async () => {
    const world = createTestWorld();
    expect((await runQbo(["login", "--json"], world)).error()).toMatchObject({ code: "INPUT_REQUIRED", exitCode: 2 });
    expect((await runQbo(["login", "--env", "sandbox", "--json"], world)).error()).toMatchObject({
      code: "APP_NOT_CONFIGURED",
      exitCode: 3,
    });
  });

  it("opens a browser only for a person, or when told to", async () => {
    const { qbo, world } = await startEmulatedIntuit();
    delete world.env["QBO_BROWSER"];
    const patience = ["--timeout", "1"];
    expect((await qbo("login", "--env", "emulator", ...patience)).exitCode).toBe(4);
    world.script.isAttended = true;
    const printed = await qbo("login", "--env", "emulator", "--no-browser", ...patience);
    expect(printed.stderr).toContain(`${world.env["QBO_EMULATOR_URL"]}/connect/oauth2?`);
    expect(world.visits).toEqual([]);
    expect((await qbo("login", "--env", "emulator")).exitCode).toBe(0);
    expect(world.visits).toHaveLength(1);
  });

  it("tells production keys that localhost will not do", async () => {
    const world = createTestWorld({ QBO_CLIENT_ID: "live", QBO_CLIENT_SECRET: "secret" });
    const refused = (await runQbo(["login", "--env", "production", "--json"], world)).error();
    expect(refused).toMatchObject({ code: "CONFIG_INVALID", exitCode: 3 });
    expect(refused.message).toContain("Intuit refuses localhost");
  });
});

describe("protection that is switched off", () => {
  it.each(["token", "login", "status"])("stops %s before a door is opened", async (command) => {
    const world = createTestWorld({ NODE_TLS_REJECT_UNAUTHORIZED: "0" });
    const refused = (await runQbo([command, "--json"], world)).error();
    expect(refused).toMatchObject({ code: "CONFIG_INVALID", exitCode: 3 });
    expect(refused.hint).toContain("NODE_EXTRA_CA_CERTS");
    expect((await runQbo(["--help"], world)).exitCode).toBe(0);
  });
});

describe("secrets", () => {
  it("appear nowhere but where they were asked for, whatever is shown", async () => {
    const { qbo, world, control } = await startEmulatedIntuit();
    await control("app", { clientId: "own-client", clientSecret: "own-client-secret" });
    Object.assign(world.env, { QBO_CLIENT_ID: "own-client", QBO_CLIENT_SECRET: "own-client-secret" });
    let code = "";
    world.consent = async (authorizationUrl) => {
      const callback = await consentAtOnce(authorizationUrl);
      code = new URL(callback ?? "").searchParams.get("code") ?? "";
      return callback;
    };
    const loud = ["--debug", "--verbose", "--json"];
    const told = [await qbo("login", "acme", "--env", "emulator", ...loud)];
    const token = (await qbo("token")).stdout.trim();
    for (const words of [["refresh"], ["whoami"], ["companyinfo"], ["status"], ["app", "list"], ["use", "acme"]]) {
      told.push(await qbo(...words, ...loud));
    }
    await control("faults", { kind: "invalid-grant", endpoint: "companyinfo", count: 2 });
    told.push(await qbo("companyinfo", ...loud), await qbo("revoke", "--yes", ...loud));
    const text = told.map(({ stdout, stderr }) => stdout + stderr).join("");
    expect(text).toContain("POST");
    const basic = Buffer.from("own-client:own-client-secret").toString("base64");
    for (const secret of [token, code, "own-client-secret", basic]) {
      expect(secret.length).toBeGreaterThan(10);
      expect(text).not.toContain(secret);
    }
  });
});
