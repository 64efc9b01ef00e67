import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { get } from "../emulator/emulator-client.ts";
import { startEmulatedIntuit } from "../world/emulated-intuit.ts";
import type { Outcome } from "../world/run-qbo.ts";

const payment = "com.intuit.quickbooks.payment";
const readScopes = (outcome: Outcome) => outcome.json<{ connection: { scopes: string[] } }>().connection.scopes;

describe("qbo login <connection>", () => {
  it("keeps name, realm and scopes, and adds what --add-scope asks for", async () => {
    const { qbo, signIn, world } = await startEmulatedIntuit();
    const first = await signIn(
      undefined,
      "--name",
      "acme",
      "--scopes",
      "com.intuit.quickbooks.accounting openid",
      "--json",
    );
    expect(readScopes(first)).toEqual(["com.intuit.quickbooks.accounting", "openid"]);

    const second = await qbo("login", "acme", "--add-scope", payment, "--json");
    expect(second.json()).toMatchObject({ reconnected: true, connection: { name: "acme" } });
    expect(readScopes(second)).toEqual(["com.intuit.quickbooks.accounting", "openid", payment]);

    const third = await qbo("login", "acme", "--json");
    expect(readScopes(third)).toEqual(["com.intuit.quickbooks.accounting", "openid", payment]);
    expect(new URL(world.visits.at(-1)?.opened ?? "").searchParams.get("scope")).toContain(payment);
  });

  it("keeps the connection's scopes although the settings name others", async () => {
    const { qbo, signIn, world } = await startEmulatedIntuit();
    await signIn(undefined, "--name", "acme", "--add-scope", payment);
    world.env["QBO_SCOPES"] = "com.intuit.quickbooks.accounting";
    expect(readScopes(await qbo("login", "acme", "--json"))).toContain(payment);
    expect(readScopes(await qbo("login", "acme", "--scopes", payment, "--json"))).toEqual([payment]);
  });

  it("keeps the store, although the settings name another by now", async () => {
    const { qbo, signIn, world } = await startEmulatedIntuit();
    await signIn(undefined, "--name", "acme");
    // The keychain of a test world throws when it is touched.
    world.env["QBO_STORE"] = "keychain";
    const again = await qbo("login", "acme", "--json");
    expect(again.json()).toMatchObject({ reconnected: true, connection: { name: "acme", store: "file" } });
    expect((await qbo("token", "acme")).exitCode).toBe(0);
  });

  it("stays the default, and keeps what is known of it", async () => {
    const { qbo, signIn } = await startEmulatedIntuit();
    const first = await signIn(undefined, "--name", "acme", "--json");
    await qbo("use", "acme");
    const again = (await qbo("login", "acme", "--json")).json<{ connection: Record<string, unknown> }>();
    const { id, app, companyName } = first.json<{ connection: Record<string, unknown> }>().connection;
    expect(again.connection).toMatchObject({ id, app, companyName, name: "acme", isDefault: true, state: "ready" });
  });

  it("knows a company that comes again without its name", async () => {
    const { qbo, signIn } = await startEmulatedIntuit();
    await signIn(undefined, "--name", "acme");
    const again = await signIn(undefined, "--name", "other", "--json");
    expect(again.json()).toMatchObject({ reconnected: true, connection: { name: "acme" } });
    expect(again.stderr).toContain("qbo rename acme other");
    expect((await qbo("status", "--json")).json<{ connections: unknown[] }>().connections).toHaveLength(1);
  });

  it("reconnects by realm ID", async () => {
    const { qbo, signIn, realms } = await startEmulatedIntuit();
    await signIn(undefined, "--name", "acme");
    expect((await qbo("login", realms[0], "--json")).json()).toMatchObject({
      reconnected: true,
      connection: { name: "acme" },
    });
  });

  it("refuses a name for a new connection that is taken, or cannot be one", async () => {
    const { qbo, signIn } = await startEmulatedIntuit();
    await signIn(undefined, "--name", "acme");
    for (const name of ["acme", "Acme", "12", "default", "-a", "ä"]) {
      const refused = await qbo("login", "--env", "emulator", "--json", `--name=${name}`);
      expect([name, refused.exitCode, refused.error().code]).toEqual([name, 2, "USAGE"]);
    }
  });

  it("works on while the configuration knows the app no more", async () => {
    const { qbo, world, control } = await startEmulatedIntuit();
    await control("app", { clientId: "own-client", clientSecret: "own-secret" });
    world.stdin = "own-secret";
    await qbo("app", "set", "--env", "emulator", "--client-id", "own-client", "--client-secret-stdin");
    await qbo("login", "acme", "--env", "emulator");
    rmSync(join(world.paths.config, "config.json"));
    expect((await qbo("token", "acme")).exitCode).toBe(0);
    await control("policy", { rotateAfterSeconds: 0 });
    expect((await qbo("refresh", "acme")).exitCode).toBe(0);
  });
});

describe("the app of a connection that signs in again", () => {
  it("stays, whatever app is the default by now, unless another is named", async () => {
    const { qbo, world, control } = await startEmulatedIntuit();
    for (const app of ["one", "two"]) {
      await control("app", { clientId: `client-${app}`, clientSecret: `secret-${app}` });
      world.stdin = `secret-${app}`;
      const words = ["--env", "emulator", "--app", app, "--client-id", `client-${app}`, "--client-secret-stdin"];
      expect((await qbo("app", "set", ...words)).exitCode).toBe(0);
    }
    await qbo("login", "acme", "--env", "emulator", "--app", "one");
    world.env["QBO_APP"] = "two";
    const connection = async (...words: string[]) =>
      (await qbo("login", "acme", ...words, "--json")).json()["connection"];
    expect(await connection()).toMatchObject({ name: "acme", app: "one", clientId: "client-one" });
    expect(await connection("--app", "two")).toMatchObject({ name: "acme", app: "two", clientId: "client-two" });
    expect((await qbo("login", "acme", "--app", "three", "--json")).error()).toMatchObject({
      code: "APP_NOT_CONFIGURED",
    });
    expect((await qbo("status", "--json")).json<{ connections: unknown[] }>().connections).toHaveLength(1);
  });
});

describe("consent for another company", () => {
  it("changes nothing and is given back", async () => {
    const { qbo, signIn, control, effects, realms, world } = await startEmulatedIntuit();
    await signIn(realms[0], "--name", "acme");
    const before = await qbo("token");
    await control("auto-approve", { autoApprove: realms[1] });

    const wrong = await qbo("login", "acme", "--json");
    expect(wrong).toMatchObject({ exitCode: 4, stdout: "" });
    expect(wrong.error()).toMatchObject({ code: "WRONG_COMPANY", connection: "acme" });
    expect(wrong.error().message).toContain(realms[1]);
    expect(wrong.error().message).toContain("was given back");
    expect(await world.visits.at(-1)?.page).not.toContain("Connected to");

    expect((await effects()).revocations).toBe(1);
    expect((await qbo("token")).stdout).toBe(before.stdout);
    expect((await qbo("status", "--json")).json<{ connections: unknown[] }>().connections).toHaveLength(1);
  });

  it("is not given back when that company is connected here: revoking might reach its tokens", async () => {
    const { qbo, signIn, effects, realms, emulator } = await startEmulatedIntuit();
    await signIn(realms[0], "--name", "acme");
    await signIn(realms[1], "--name", "beta");
    const wrong = await qbo("login", "acme", "--json");
    expect(wrong.error()).toMatchObject({ code: "WRONG_COMPANY" });
    expect(wrong.error().message).toContain("already is connected as beta");
    expect((await effects()).revocations).toBe(0);
    const token = (await qbo("token", "beta")).stdout.trim();
    expect((await get(emulator, "/v1/openid_connect/userinfo", token)).status).toBe(200);
  });
});

describe("a sign-in beside another process", () => {
  it("takes another name when its own is taken as its tokens are about to be stored: a consent is not lost by that", async () => {
    const { qbo, signIn, world } = await startEmulatedIntuit();
    const globals = { json: false, quiet: true, verbose: false, debug: false, color: false, input: false };
    const { facts } = world.open(globals, () => undefined);
    let isFirst = true;
    const create: typeof facts.create = async (made) => {
      if (isFirst) {
        isFirst = false;
        const entry = { environment: "emulator", realmId: "913", refreshToken: "r", name: made.name };
        world.stdin = JSON.stringify(entry);
        expect((await qbo("import", "--stdin", "--no-refresh")).exitCode).toBe(0);
      }
      await facts.create(made);
    };
    Object.assign(world.replaced, { facts: { ...facts, create } });
    const signedIn = await signIn(undefined, "--name", "acme", "--json");
    const { connection } = signedIn.json<{ connection: { name: string; realmId: string } }>();
    expect(connection.name).not.toBe("acme");
    expect((await qbo("token", connection.name)).exitCode).toBe(0);
    expect((await facts.read("acme"))?.realmId).toBe("913");
  });
});
