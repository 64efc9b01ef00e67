import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readDotenv } from "../../src/flows/import/read-dotenv.ts";
import { runQbo, type Json } from "../world/run-qbo.ts";
import { createTestWorld, type TestWorld } from "../world/test-world.ts";

const secret = "the-client-secret-of-this-test";
/** What a URL parser lets through, and a careless shell, YAML file or workflow would not. */
const hostile = 'https://example.com/it\'s/$(touch x)/`y`/"z"/${{secrets.A}}/%41\\';

async function openWorld(redirectUri: string): Promise<TestWorld> {
  const world = createTestWorld();
  world.stdin = secret;
  const words = ["--client-id", "ABc-123", "--client-secret-stdin", "--redirect-uri", redirectUri];
  const set = await runQbo(["app", "set", "--env", "production", ...words], world);
  if (set.exitCode !== 0) throw new Error(set.stderr);
  return world;
}

const write = (world: TestWorld, tool: string, ...words: string[]) =>
  runQbo(["app", "export", "--for", tool, ...words], world);

const tools = ["dotenv", "tableau", "postman", "python", "github-actions"];

describe.each(["https://example.com/callback", hostile])("qbo app export of an app with %s", (redirectUri) => {
  it.each(tools)("holds the client and never its secret: %s", async (tool) => {
    const world = await openWorld(redirectUri);
    const outcome = await write(world, tool);
    expect(outcome).toMatchObject({ exitCode: 0, stderr: "" });
    expect(outcome.stdout).toContain("ABc-123");
    expect(outcome.stdout).not.toContain("[redacted]");
    const json = (await write(world, tool, "--json")).json<{ settings: Json; text: string }>();
    expect(`${json.text}\n`).toBe(outcome.stdout);
    expect(Object.values(json.settings)).toContain("ABc-123");
    expect(Object.values(json.settings)).toContain(null);
    expect(outcome.stdout + JSON.stringify(json)).not.toContain(secret);
  });

  it("a .env file means the same to a shell and to a reader of .env files", async () => {
    const { stdout } = await write(await openWorld(redirectUri), "dotenv");
    expect(readDotenv(stdout)).toEqual({ clientId: "ABc-123", environment: "production" });
    const script = `set -eu\n${stdout}\nprintf %s "$QBO_REDIRECT_URI|$QBO_SCOPES|$QBO_CLIENT_SECRET"`;
    const shown = execFileSync("sh", ["-c", script], { encoding: "utf8" });
    expect(shown).toBe(`${redirectUri}|com.intuit.quickbooks.accounting openid profile email|`);
  });

  it("Tableau's commands are words of a shell", async () => {
    const { stdout } = await write(await openWorld(redirectUri), "tableau");
    const shown = execFileSync("sh", ["-c", `tsm() { printf '<%s>' "$@"; echo; }\n${stdout}`], { encoding: "utf8" });
    expect(shown.trimEnd().split("\n")).toEqual([
      "<configuration><set><-k><oauth.quickbooks.oauth_callback_uri><-v><https://YOUR-SERVER/auth/add_oauth_token>",
      "<configuration><set><-k><oauth.quickbooks.consumer_key><-v><ABc-123>",
      "<configuration><set><-k><oauth.quickbooks.consumer_secret><-v><YOUR-CLIENT-SECRET>",
      "<pending-changes><apply>",
    ]);
  });

  it("Postman's file is JSON with a place for the secret", async () => {
    const { stdout } = await write(await openWorld(redirectUri), "postman");
    const { values }: { values: { key: string; value: string; type: string }[] } = JSON.parse(stdout);
    const find = (key: string) => values.find((each) => each.key === key);
    expect(find("callbackUrl")?.value).toBe(redirectUri);
    expect(find("accessTokenUrl")?.value).toBe("https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer");
    expect(find("clientSecret")).toMatchObject({ value: "", type: "secret" });
  });

  it("the Python lines are Python, with the values as they are", async () => {
    const { stdout } = await write(await openWorld(redirectUri), "python");
    const run = [
      "import json, sys, types",
      "client, enums = types.ModuleType('intuitlib.client'), types.ModuleType('intuitlib.enums')",
      "client.AuthClient = lambda *given: print(json.dumps(given))",
      "enums.Scopes = str",
      "sys.modules.update({'intuitlib': types.ModuleType('intuitlib'), 'intuitlib.client': client, 'intuitlib.enums': enums})",
      "exec(sys.stdin.read())",
    ].join("\n");
    const env = { ...process.env, QBO_CLIENT_SECRET: "out of the environment" };
    const shown = execFileSync("python3", ["-c", run], { input: stdout, encoding: "utf8", env });
    expect(JSON.parse(shown)).toEqual(["ABc-123", "out of the environment", redirectUri, "production"]);
  });

  it("the block for GitHub Actions is YAML, and its only expressions are our own", async () => {
    const { stdout } = await write(await openWorld(redirectUri), "github-actions");
    const { env }: { env: Record<string, string> } = parse(stdout);
    expect(env).toMatchObject({ QBO_ENV: "production", QBO_CLIENT_SECRET: "${{ secrets.QBO_CLIENT_SECRET }}" });
    expect((env["QBO_REDIRECT_URI"] ?? "").replaceAll("${{ '${{' }}", "${{")).toBe(redirectUri);
    expect(stdout.match(/\$\{\{\s*secrets\.\w+/g)).toEqual([
      "${{ secrets.QBO_CLIENT_SECRET",
      "${{ secrets.QBO_STORE_KEY",
    ]);
  });
});

describe("qbo app export", () => {
  it("takes the only app, the named one, or the emulator's own", async () => {
    const world = await openWorld("https://example.com/callback");
    await runQbo(["app", "set", "--env", "sandbox", "--app", "second", "--client-id", "dev"], world);
    expect((await write(world, "dotenv", "--json")).error()).toMatchObject({ code: "USAGE", hint: /--app/ });
    expect((await write(world, "dotenv", "second")).stdout).toContain("QBO_CLIENT_ID=dev");
    expect((await write(world, "dotenv", "--env", "production")).stdout).toContain("QBO_CLIENT_ID=ABc-123");
    expect((await write(world, "python", "--env", "emulator")).stdout).toContain("QBO_DISCOVERY_URL");
    expect((await write(world, "tableau", "second")).stdout).toContain("production keys only");
    expect((await write(world, "dotenv", "gone", "--json")).error()).toMatchObject({ code: "APP_NOT_CONFIGURED" });
  });

  it("refuses what no tool can read, and asks which tool", async () => {
    const world = createTestWorld({ QBO_ENV: "sandbox", QBO_CLIENT_ID: "dev", QBO_CLIENT_SECRET: secret });
    world.env["QBO_REDIRECT_URI"] = "https://localhost:8722/a\nQBO_ENV=production";
    for (const tool of tools)
      expect((await write(world, tool, "--json")).error()).toMatchObject({ code: "CONFIG_INVALID" });
    expect((await write(world, "excel", "--json")).error()).toMatchObject({ code: "USAGE" });
    expect((await runQbo(["app", "export", "--json"], world)).error()).toMatchObject({ code: "USAGE" });
  });
});
