import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startEmulatedIntuit, type EmulatedIntuit } from "../world/emulated-intuit.ts";
import { runQbo, type Json } from "../world/run-qbo.ts";
import { createTestWorld, type TestWorld } from "../world/test-world.ts";

const passphrase = "correct horse battery staple";

/** A signed-in company here, and another machine that reaches the same Intuit. */
async function openScene(): Promise<EmulatedIntuit & { other: TestWorld; file: string }> {
  const intuit = await startEmulatedIntuit();
  await intuit.control("policy", { rotateAfterSeconds: 0, oldRefreshTokens: "reject" });
  await intuit.signIn(undefined, "--name", "acme");
  const other = createTestWorld({ QBO_EMULATOR_URL: intuit.emulator.baseUrl });
  return { ...intuit, other, file: join(intuit.world.folder, "acme.jwe") };
}

function writePassphrase({ world }: EmulatedIntuit, text = `${passphrase}\n`): string {
  const path = join(world.folder, "passphrase");
  writeFileSync(path, text);
  return path;
}

describe("qbo export", () => {
  it("moves a connection to another machine; here the next refresh is told why it ends", async () => {
    const scene = await openScene();
    const { qbo, world, other, file } = scene;
    world.stdin = passphrase;
    const exported = await qbo("export", "acme", "--yes", "--output", file, "--passphrase-stdin");
    expect(exported).toMatchObject({ exitCode: 0, stdout: `acme written to ${file}, sealed\n` });
    expect(exported.stderr).toContain("only one place refresh acme");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const words = ["import", "--file", file, "--json", "--passphrase-file", writePassphrase(scene)];
    expect((await runQbo(words, other)).json()).toMatchObject({
      results: [{ connection: "acme", outcome: "imported", proven: true }],
    });
    const known = async (where: TestWorld) =>
      (await runQbo(["status", "--json"], where)).json<{ connections: Json[] }>().connections[0];
    const [here, there] = [await known(world), await known(other)];
    for (const key of ["id", "name", "environment", "app", "clientId", "realmId", "companyName", "scopes"])
      expect(there?.[key]).toEqual(here?.[key]);
    expect((await runQbo(["token"], other)).exitCode).toBe(0);
    expect((await qbo("refresh", "--json")).error()).toMatchObject({
      code: "REFRESH_REJECTED",
      message: expect.stringContaining("another machine or process refreshed the connection"),
    });
    expect((await qbo("doctor", "acme", "--offline", "--json")).json()).toMatchObject({
      verdict: { cause: "rotated-elsewhere", confidence: "likely" },
    });
    const { events } = (await qbo("history", "--json")).json<{ events: Json[] }>();
    expect(events.find(({ event }) => event === "exported")).toMatchObject({ outcome: "ok", detail: "sealed" });
  });

  it("writes to stdout what import reads from stdin, also all at once and with client secrets", async () => {
    const { qbo, world, other, bringIn, control, ...rest } = await openScene();
    await bringIn(2);
    const path = writePassphrase({ qbo, world, bringIn, control, ...rest });
    const exported = await qbo("export", "--all", "--yes", "--passphrase-file", path, "--with-client-secret");
    expect(exported.stdout).toMatch(/^eyJ[\w-]+(\.[\w-]+){4}\n$/);
    other.stdin = exported.stdout;
    const imported = await runQbo(["import", "--stdin", "--passphrase-file", path, "--json"], other);
    expect(imported.json<{ results: Json[] }>().results.map(({ outcome, proven }) => [outcome, proven])).toEqual([
      ["imported", true],
      ["imported", true],
      ["imported", true],
    ]);
  });

  it("in plain text holds everything, and the client secret only when that is asked for", async () => {
    const { qbo, world, realms } = await openScene();
    Object.assign(world.env, { QBO_CLIENT_ID: "qbo-emulator-client", QBO_CLIENT_SECRET: "own-client-secret" });
    const plain = await qbo("export", "acme", "--plain", "--yes");
    const { connections } = plain.json<{ connections: Json[] }>();
    expect(connections).toEqual([
      {
        environment: "emulator",
        app: "emulator",
        clientId: "qbo-emulator-client",
        realmId: realms[0],
        name: "acme",
        companyName: expect.any(String),
        scopes: expect.any(Array),
        connectedAt: expect.any(String),
        refreshToken: expect.stringMatching(/^\S+$/),
        refreshTokenExpiresAt: expect.any(String),
        hardExpiresAt: expect.any(String),
        rotatedAt: expect.any(String),
        generation: 1,
        accessToken: (await qbo("token")).stdout.trim(),
        accessTokenExpiresAt: expect.any(String),
      },
    ]);
    const document = (await qbo("export", "acme", "--plain", "--yes", "--json", "--with-client-secret")).json();
    expect(document).toMatchObject({
      connections: ["acme"],
      sealed: false,
      output: null,
      export: { format: "qbo-export", version: 1, connections: [{ clientSecret: "own-client-secret" }] },
    });
    world.env["QBO_CLIENT_ID"] = undefined;
    world.stdin = plain.stdout;
    expect((await qbo("import", "--stdin", "--json")).json()).toMatchObject({ results: [{ outcome: "kept" }] });
  });

  it("asks first, and for the passphrase twice", async () => {
    const { qbo, world } = await openScene();
    world.script.isAttended = true;
    world.script.answers.push(
      [/^Export acme \(.*emulator\)\?$/, true],
      [/Choose/, passphrase],
      [/once more/, passphrase],
    );
    expect((await qbo("export", "acme")).stdout).toMatch(/^eyJ/);
    world.script.answers.push([/^Export acme .* in plain text/, false]);
    expect((await qbo("export", "acme", "--plain", "--json")).error()).toMatchObject({ code: "CANCELLED" });
    world.script.answers.push([/^Export 1 connections\. Type their number/, "2"]);
    expect((await qbo("export", "--all", "--json")).error()).toMatchObject({ code: "CANCELLED" });
    expect(world.script.answers).toEqual([]);
    const { events } = (await qbo("history", "--json")).json<{ events: Json[] }>();
    expect(events.filter(({ event }) => event === "exported")).toHaveLength(1);
  });

  it("asks for a mistyped passphrase again, three times in all", async () => {
    const { qbo, world } = await openScene();
    world.script.isAttended = true;
    const [mistyped, short] = [[/once more/, `${passphrase}!`] as const, [/Choose/, "too short"] as const];
    world.script.answers.push([/^Export/, true], short, [/Choose/, passphrase], mistyped);
    world.script.answers.push([/Choose/, passphrase], [/once more/, passphrase]);
    const exported = await qbo("export", "acme");
    expect(exported).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^eyJ/) });
    expect(exported.stderr).toContain("12 characters");
    expect(exported.stderr).toContain("The two passphrases differ.");
    world.script.answers.push([/^Export/, true], short, short, [/Choose/, passphrase], mistyped);
    expect((await qbo("export", "acme", "--json")).error()).toMatchObject({
      code: "USAGE",
      message: "The two passphrases differ.",
    });
    expect(world.script.answers).toEqual([]);
  });

  it("makes no folder for a mistyped file, and says so before it asks anything", async () => {
    const { qbo, world } = await openScene();
    world.script.isAttended = true;
    const folder = join(world.folder, "bakcup");
    const refused = (await qbo("export", "acme", "--output", join(folder, "acme.jwe"), "--json")).error();
    expect(refused).toMatchObject({ code: "USAGE", message: expect.stringContaining(`no folder ${folder}`) });
    expect(refused.hint).toContain(`mkdir -p ${folder}`);
    expect(world.script.asked).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });

  it.each<[string[], string]>([
    [["acme"], "INPUT_REQUIRED"],
    [["acme", "--yes"], "INPUT_REQUIRED"],
    [["acme", "--yes", "--passphrase-stdin"], "USAGE"],
    [["acme", "--yes", "--passphrase-stdin", "--passphrase-file", "x"], "USAGE"],
    [["acme", "--yes", "--plain", "--passphrase-stdin"], "USAGE"],
    [["acme", "--all", "--yes", "--plain"], "USAGE"],
    [["gone", "--yes", "--plain"], "NOT_CONNECTED"],
    [["--all", "--yes", "--plain", "--env", "sandbox"], "NOT_CONNECTED"],
  ])("refuses %j where nobody can be asked", async (words, code) => {
    const { qbo, world } = await openScene();
    world.stdin = "";
    const outcome = await qbo("export", ...words, "--json");
    expect(outcome).toMatchObject({ stdout: "" });
    expect(outcome.error()).toMatchObject({ code });
  });

  it("never overwrites a file, and exports nothing that is disconnected", async () => {
    const { qbo, world, file } = await openScene();
    writeFileSync(file, "mine");
    expect((await qbo("export", "--plain", "--yes", "--output", file, "--json")).error()).toMatchObject({
      code: "USAGE",
    });
    expect(readFileSync(file, "utf8")).toBe("mine");
    const { events } = (await qbo("history", "--json")).json<{ events: Json[] }>();
    expect(events.map(({ event }) => event)).not.toContain("exported");
    await qbo("revoke", "acme", "--local-only", "--yes");
    expect((await qbo("export", "acme", "--plain", "--yes", "--json")).error()).toMatchObject({
      code: "NOT_CONNECTED",
    });
    world.stdin = "eyJ9.a.b.c.d";
    expect((await qbo("import", "--stdin", "--json")).error()).toMatchObject({ code: "INPUT_REQUIRED" });
    expect((await qbo("import", "--stdin", "--passphrase-stdin", "--json")).error()).toMatchObject({ code: "USAGE" });
  });
});
