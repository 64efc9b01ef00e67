// needs: secret-service
import { execFile } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { control, countEffects, start as startEmulator } from "../emulator/emulator-client.ts";
import { listFiles } from "./connections.ts";
import { createHome, readAnswer, readError, runQbo, startQbo } from "./qbo-process.ts";
import type { Home } from "./qbo-process.ts";
import { startSecretService } from "./secret-service.ts";
import type { SecretService } from "./secret-service.ts";
import { browse, consent, startLogin } from "./sign-in.ts";
import type { LoginOptions } from "./sign-in.ts";

const run = promisify(execFile);

interface Desktop extends LoginOptions {
  service: SecretService;
}

/** A desktop with a Secret Service of its own, where qbo has never been. Nothing chooses a store: the default holds. */
async function openDesktop(options: Parameters<typeof startSecretService>[0] = {}): Promise<Desktop> {
  const service = await startSecretService(options);
  onTestFinished(() => service.stop());
  const { DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR } = service.env;
  const env = { DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR, QBO_STORE: undefined, QBO_STORE_KEY: undefined };
  return { home: createHome(), emulator: await startEmulator(), env, service };
}

/** A whole sign-in; answers the connection as `--json` shows it. */
async function signIn(desktop: LoginOptions, ...args: string[]) {
  const login = await startLogin(desktop, ["--env", "emulator", ...args]);
  await browse(await consent(login));
  return readAnswer<{ connection: { id: string; name: string; store: string } }>(await login.ended).connection;
}

/** The name of a connection's entry in the keychain. */
const nameEntry = (id: string) => `connection/${id}`;

/** What lies in the Secret Service, read by a program that has nothing to do with qbo. */
async function lookUp({ service }: Desktop, name: string): Promise<string> {
  const { stdout } = await run("secret-tool", ["lookup", "service", "qbo-cli", "account", name], { env: service.env });
  return stdout;
}

async function lookUpTokens(desktop: Desktop, id: string): Promise<{ refresh: string; access: string }> {
  const [firstLine = "", access = ""] = (await lookUp(desktop, nameEntry(id))).split("\n");
  const { refreshToken }: { refreshToken: { value: string } } = JSON.parse(firstLine);
  return { refresh: refreshToken.value, access };
}

/** The files of a home that hold one of these texts, as they are or in base64. */
function findFilesWith({ folder }: Home, texts: readonly string[]): string[] {
  const forms = texts.flatMap((text) => [text, Buffer.from(text).toString("base64").replace(/.{4}$/, "")]);
  const files = listFiles(folder);
  expect(files).not.toEqual([]);
  return files.filter((path) => forms.some((form) => readFileSync(join(folder, path)).includes(form)));
}

describe("a person's desktop", () => {
  test("the tokens live in the Secret Service and in no file, from the sign-in to the revocation", async () => {
    const desktop = await openDesktop();
    const { name, id, store } = await signIn(desktop);
    expect(store).toBe("keychain");
    const first = await lookUpTokens(desktop, id);
    expect((await runQbo(["token"], desktop)).stdout).toBe(`${first.access}\n`);
    expect(findFilesWith(desktop.home, [first.refresh, first.access])).toEqual([]);
    expect(findFilesWith(desktop.home, [id])).not.toEqual([]);

    await control(desktop.emulator, "policy", { rotateAfterSeconds: 0 });
    readAnswer(await runQbo(["refresh", "--json"], desktop));
    const second = await lookUpTokens(desktop, id);
    expect(second.refresh).not.toBe(first.refresh);
    expect((await runQbo(["token", name], desktop)).stdout).toBe(`${second.access}\n`);
    expect(findFilesWith(desktop.home, [first.refresh, second.refresh, second.access])).toEqual([]);

    const revoked = readAnswer(await runQbo(["revoke", "--yes", "--json"], desktop));
    expect(revoked).toMatchObject({ results: [{ remote: "revoked", local: "disconnected" }] });
    await expect(lookUp(desktop, nameEntry(id))).rejects.toMatchObject({ code: 1, stdout: "" });
    expect(readError(await runQbo(["token", "--json"], desktop))).toMatchObject({ code: "NOT_CONNECTED", exitCode: 4 });
  });

  test("an access token of 4,096 characters survives", async () => {
    const desktop = await openDesktop();
    await control(desktop.emulator, "policy", { accessTokenLength: 4096 });
    const { id } = await signIn(desktop);
    const { stdout } = await runQbo(["token"], desktop);
    expect(stdout).toHaveLength(4097);
    expect((await lookUpTokens(desktop, id)).access).toBe(stdout.trimEnd());
    readAnswer(await runQbo(["companyinfo", "--json"], desktop));
  });

  test("twenty processes on an expired token cause one refresh and print the same token", async () => {
    const desktop = await openDesktop();
    await control(desktop.emulator, "policy", { accessTokenLifetimeSeconds: 1 });
    const { id } = await signIn(desktop);
    await control(desktop.emulator, "policy", { accessTokenLifetimeSeconds: 3600 });
    const before = await countEffects(desktop.emulator);
    const ended = await Promise.all(Array.from({ length: 20 }, () => startQbo(["token"], desktop).ended));
    const after = await countEffects(desktop.emulator);
    const { access } = await lookUpTokens(desktop, id);
    expect(ended.map(({ exitCode }) => exitCode)).toEqual(Array(20).fill(0));
    expect(new Set(ended.map(({ stdout }) => stdout))).toEqual(new Set([`${access}\n`]));
    expect(Number(after["refreshes"]) - Number(before["refreshes"])).toBe(1);
  });

  test("the file store keeps its key in the keychain, and no key beside the files", async () => {
    const desktop = await openDesktop();
    const { id, store } = await signIn(desktop, "--store", "file");
    expect(store).toBe("file");
    const secrets = join(desktop.home.state, "secrets");
    const description: { id: string; keySource: string } = JSON.parse(
      readFileSync(join(secrets, "store.json"), "utf8"),
    );
    expect(description.keySource).toBe("keychain");
    expect(existsSync(join(secrets, "key"))).toBe(false);
    const key = await lookUp(desktop, `store-key/${description.id}`);
    await expect(lookUp(desktop, nameEntry(id))).rejects.toMatchObject({ code: 1 });
    const { stdout } = await runQbo(["token"], desktop);
    expect(findFilesWith(desktop.home, [key, stdout.trimEnd()])).toEqual([]);
  });

  test("the client secret of an app lies in the keychain, not in config.json", async () => {
    const desktop = await openDesktop();
    const secret = "a-client-secret-that-nobody-may-read";
    const args = ["app", "set", "--env", "sandbox", "--client-id", "ABc123", "--client-secret-stdin", "--json"];
    const answered = await runQbo(args, { ...desktop, stdin: `${secret}\n` });
    expect(readAnswer(answered)).toMatchObject({ app: { name: "sandbox", clientId: "ABc123", hasSecret: true } });
    expect(answered.stdout + answered.stderr).not.toContain(secret);
    expect(await lookUp(desktop, "client/ABc123")).toBe(secret);
    expect(readFileSync(join(desktop.home.config, "config.json"), "utf8")).toContain("ABc123");
    expect(findFilesWith(desktop.home, [secret])).toEqual([]);
  });
});

describe("when the keychain is not as it should be", () => {
  test("tokens that somebody removed are called removed, not absent, and nothing else is lost", async () => {
    const desktop = await openDesktop();
    const { id, name } = await signIn(desktop);
    await run("secret-tool", ["clear", "service", "qbo-cli", "account", nameEntry(id)], {
      env: desktop.service.env,
    });
    expect(readError(await runQbo(["refresh", "--json"], desktop))).toMatchObject({
      code: "STORE_CORRUPT",
      exitCode: 7,
      message: expect.stringContaining("removed outside qbo"),
      hint: `Sign in again: qbo login ${name}`,
      connection: name,
    });
  });

  test("a locked keyring is no missing connection", async () => {
    const desktop = await openDesktop();
    await signIn(desktop);
    const before = await control(desktop.emulator, "requests");
    await desktop.service.lock();
    for (const command of [["token"], ["refresh"], ["companyinfo"], ["revoke", "--yes"]]) {
      expect(readError(await runQbo([...command, "--json"], desktop))).toMatchObject({
        code: "STORE_UNAVAILABLE",
        exitCode: 7,
        message: expect.stringContaining("locked"),
      });
    }
    expect(await control(desktop.emulator, "requests")).toEqual(before);
    expect(readAnswer(await runQbo(["status", "--json"], desktop))).toMatchObject({
      connections: [{ state: "ready" }],
    });
  });

  const unusable: [what: string, reason: string, desktop: () => Promise<Desktop>][] = [
    [
      "no session bus",
      "no D-Bus session bus",
      async () => {
        const desktop = await openDesktop({ withoutKeyring: true });
        return { ...desktop, env: { ...desktop.env, DBUS_SESSION_BUS_ADDRESS: undefined } };
      },
    ],
    ["no keyring on the bus", "provides the Secret Service", () => openDesktop({ withoutKeyring: true })],
    ["a locked keyring", "the keyring is locked", () => openDesktop({ locked: true })],
    [
      "a keyring that hangs",
      "did not answer in time",
      async () => {
        const desktop = await openDesktop();
        desktop.service.pause();
        return desktop;
      },
    ],
  ];

  test.each(unusable)(
    "%s: the sign-in fails before a browser opens, and before any request",
    async (_, reason, open) => {
      const desktop = await open();
      const trace = join(desktop.home.folder, "browser-was-opened");
      const browser = join(desktop.home.folder, "browser");
      writeFileSync(browser, `#!/bin/sh\ntouch '${trace}'\n`, { mode: 0o700 });
      const start = performance.now();
      const args = ["login", "--env", "emulator", "--json"];
      const ended = await runQbo(args, { ...desktop, env: { ...desktop.env, QBO_BROWSER: browser } });
      expect(performance.now() - start).toBeLessThan(40_000);
      const error = readError(ended);
      expect(error).toMatchObject({
        code: "STORE_UNAVAILABLE",
        exitCode: 7,
        message: expect.stringContaining(reason),
        hint: expect.stringMatching(/QBO_STORE_KEY.*--store file/),
      });
      expect(existsSync(trace)).toBe(false);
      expect(ended.stderr).not.toContain("/connect/oauth2");
      expect(await control(desktop.emulator, "requests")).toEqual({ requests: [] });
      expect(listFiles(desktop.home.folder).filter((path) => path.includes("secrets"))).toEqual([]);
      expect(readAnswer(await runQbo(["status", "--json"], desktop))).toEqual({ connections: [] });
    },
  );
});
