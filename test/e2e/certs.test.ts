// needs: chromium, nss-tools
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";
import { chromium } from "playwright-core";
import { describe, expect, test } from "vitest";
import { control, start } from "../emulator/emulator-client.ts";
import { makeAuthority, makePair, writePair } from "../adapters/certificate/own-files.ts";
import { findFreePort } from "../world/free-port.ts";
import { createHome, type Home, readAnswer, readError, runQbo, type RunOptions, startQbo } from "./qbo-process.ts";
import { consent, startLogin } from "./sign-in.ts";

const executablePath = "/usr/bin/chromium";
const flags = ["gpu", "quic", "background-networking", "component-update", "sync"].map((name) => `--disable-${name}`);

interface Report {
  certificate: { path: string; fingerprint: string };
  trusted: boolean | null;
  stores: { store: string; trusted: boolean | null; reason: string | null; olderLeaves: number }[];
}

const certs = async (words: string, options: RunOptions) =>
  readAnswer<Report>(await runQbo(["certs", ...words.split(" "), "--json"], options));

const database = ({ folder }: Home) => join(folder, ".pki", "nssdb");

/** What `certutil` says about the database, and what lies under its names. */
function certutil(folder: string, ...words: string[]): string {
  return execFileSync("certutil", ["-d", `sql:${folder}`, ...words], { encoding: "utf8" });
}

/** A database with somebody else's authority in it. */
function makeDatabase(home: Home, folder = database(home)): string {
  mkdirSync(folder, { recursive: true });
  certutil(folder, "-N", "--empty-password");
  certutil(folder, "-A", "-n", "somebody else", "-t", "C,,", "-i", makeAuthority(home.folder));
  return folder;
}

interface Visit {
  /** The net error, or what the page says. */
  outcome: string;
}

/** Opens the address in a browser that was never used before, whose home is the test's. */
async function visit(home: Home, url: string, ...more: string[]): Promise<Visit> {
  const profile = join(home.folder, `profile-${Math.random()}`);
  const env = { PATH: process.env["PATH"] ?? "", HOME: home.folder };
  const args = ["--no-sandbox", "--no-first-run", ...flags, ...more];
  const context = await chromium.launchPersistentContext(profile, { executablePath, args, env });
  try {
    const page = await context.newPage();
    const response = await page.goto(url).catch((error: Error) => /ERR_\w+/.exec(error.message)?.[0] ?? error.message);
    if (typeof response === "string") return { outcome: response };
    return { outcome: (await page.locator("h1").textContent()) ?? "" };
  } finally {
    await context.close();
  }
}

/** A sign-in that waits over https, and the address that its browser would be sent to. */
async function waitForCallback(home: Home) {
  const emulator = await start({ autoApprove: true });
  const login = await startLogin({ home, emulator }, ["--env", "emulator"], "https");
  return { login, callback: await consent(login) };
}

describe("the trusted certificate", () => {
  test("opens without a warning, and with one again after untrust; nothing else in the database changes", async () => {
    const home = createHome();
    const folder = makeDatabase(home);
    const before = certutil(folder, "-L");
    const foreign = certutil(folder, "-L", "-n", "somebody else", "-a");

    expect(await certs("trust --yes", { home })).toMatchObject({ trusted: true, stores: [{ store: folder }] });
    const trusted = await waitForCallback(home);
    expect(trusted.login.stderr()).not.toContain("warns");
    expect((await visit(home, trusted.callback)).outcome).toMatch(/^Connected to/);
    expect((await trusted.login.ended).exitCode).toBe(0);

    expect(await certs("untrust", { home })).toMatchObject({
      trusted: false,
      stores: [{ trusted: false, reason: null }],
    });
    expect(certutil(folder, "-L")).toBe(before);
    expect(certutil(folder, "-L", "-n", "somebody else", "-a")).toBe(foreign);
    const untrusted = await waitForCallback(home);
    expect(untrusted.login.stderr()).toContain("the browser warns about the certificate");
    expect((await visit(home, untrusted.callback)).outcome).toBe("ERR_CERT_AUTHORITY_INVALID");
    untrusted.login.signal("SIGTERM");
  });

  test("moves to a new one, which the browser trusts at once", async () => {
    const home = createHome();
    const first = await certs("trust --yes", { home });
    expect(certutil(database(home), "-L")).toContain("qbo callback ");
    const second = await certs("renew", { home });
    expect(second).toMatchObject({ previousFingerprint: first.certificate.fingerprint, trusted: true });
    expect(second.stores).toEqual([{ store: database(home), trusted: true, reason: null, olderLeaves: 0 }]);
    expect(certutil(database(home), "-L").match(/^qbo callback /gm)).toHaveLength(1);
    const { login, callback } = await waitForCallback(home);
    expect((await visit(home, callback)).outcome).toMatch(/^Connected to/);
    expect((await login.ended).exitCode).toBe(0);
  });
});

describe("certs", () => {
  test("trusts in every database that a browser reads, twice without harm, and untrusts older leaves as well", async () => {
    const home = createHome();
    const folders = [
      ".pki/nssdb",
      ".local/share/pki/nssdb",
      "snap/chromium/current/.pki/nssdb",
      ".var/app/org.chromium.Chromium/data/pki/nssdb",
    ].map((path) => makeDatabase(home, join(home.folder, path)));
    const before = folders.map((folder) => certutil(folder, "-L"));
    const first = await certs("trust --yes", { home });
    expect(first.stores.map(({ store, trusted }) => [store, trusted])).toEqual(folders.map((folder) => [folder, true]));
    expect(await certs("trust --yes", { home })).toEqual(first);
    expect(await certs("status", { home })).toEqual(first);

    // Another state folder has a leaf of its own, in the same stores.
    const other = { home, env: { QBO_STATE_DIR: join(home.folder, "other") } };
    expect((await certs("trust --yes", other)).stores[0]?.olderLeaves).toBe(1);
    await certs("untrust", { home });
    expect(folders.map((folder) => certutil(folder, "-L"))).toEqual(before);
    expect(await certs("status", other)).toMatchObject({ trusted: false });
  });

  test("says so when a database has a password, and leaves nothing behind in it", async () => {
    const home = createHome();
    const sealed = join(home.folder, ".local/share/pki/nssdb");
    mkdirSync(sealed, { recursive: true });
    const password = join(home.folder, "password");
    writeFileSync(password, "a password\n");
    certutil(sealed, "-N", "-f", password);
    const before = certutil(sealed, "-L");
    expect(readError(await runQbo(["certs", "trust", "--yes", "--json"], { home }))).toMatchObject({
      code: "CERTIFICATE_UNUSABLE",
      message: expect.stringContaining("protected by a password"),
    });
    makeDatabase(home);
    const partly = await runQbo(["certs", "trust", "--yes", "--json"], { home });
    expect([partly.exitCode, JSON.parse(partly.stdout)]).toMatchObject([
      8,
      { trusted: true, stores: [{ trusted: true }, { trusted: false }] },
    ]);
    expect(certutil(sealed, "-L")).toBe(before);
  });

  test("names the package when certutil is missing, and still tells what it can", async () => {
    const home = createHome();
    makeDatabase(home);
    const bare = { home, env: { PATH: join(home.folder, "nowhere") } };
    const error = readError(await runQbo(["certs", "trust", "--yes", "--json"], bare));
    expect(error).toMatchObject({
      code: "CERTIFICATE_UNUSABLE",
      exitCode: 7,
      hint: expect.stringContaining("libnss3-tools"),
    });
    expect(error.hint).toContain("nss-tools");
    expect(await certs("status", bare)).toMatchObject({ trusted: null, stores: [{ trusted: null }] });
  });

  test("does nothing unasked, and renews a trusted leaf only when told to", async () => {
    const home = createHome();
    const refused = readError(await runQbo(["certs", "trust", "--json"], { home }));
    expect(refused).toMatchObject({ code: "INPUT_REQUIRED", exitCode: 2 });
    const { certificate } = await certs("trust --yes", { home });
    expect(readFileSync(certificate.path, "utf8")).toContain("PRIVATE KEY");
    const report = await certs("status", { home });
    expect(report.certificate.fingerprint).toBe(certificate.fingerprint);
    // The note is lost: the stores are asked, and it is written anew.
    writeFileSync(join(home.state, "certificates", "trusted.json"), "nonsense");
    await certs("status", { home });
    expect(readFileSync(join(home.state, "certificates", "trusted.json"), "utf8")).toContain(certificate.fingerprint);
  });
});

/** The names of the certificate that is shown on a port of this machine. */
async function readServedName(port: number): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const { subjectaltname = "" } = socket.getPeerCertificate();
  socket.destroy();
  return subjectaltname;
}

describe("a certificate of one's own", () => {
  const name = "qbo.example.com";

  /** A sign-in with the certificate, at an emulator that has production's rules. */
  async function signInAs(home: Home, { certificateFile, keyFile }: { certificateFile: string; keyFile: string }) {
    const emulator = await start({ production: true });
    const redirectUri = `https://${name}:${await findFreePort()}/callback`;
    await control(emulator, "redirect-uri", { redirectUri });
    const words = ["--redirect-uri", redirectUri, "--tls-cert", certificateFile, "--tls-key", keyFile];
    return { login: startQbo(["login", "--env", "emulator", ...words, "--json"], { home, emulator }), emulator };
  }

  test("serves a redirect under that name, by production's rules, without a word about warnings", async () => {
    const home = createHome();
    const files = writePair(home.folder, await makePair(name));
    const { login } = await signInAs(home, files);
    const [, authorizationUrl = ""] = await login.waitFor(/^ {2}(https?:\/\/\S+\/connect\/oauth2\?\S+)$/m);
    const callback = await consent({ authorizationUrl });
    expect(new URL(callback).hostname).toBe(name);
    const folder = makeDatabase(home);
    certutil(folder, "-A", "-n", "the user's own", "-t", "P,,", "-i", files.certificateFile);
    expect((await visit(home, callback, `--host-resolver-rules=MAP ${name} 127.0.0.1`)).outcome).toMatch(
      /^Connected to/,
    );
    const ended = await login.ended;
    expect(readAnswer(ended)).toMatchObject({ reconnected: false });
    expect(ended.stderr).not.toMatch(/warns|fingerprint/);
  });

  test("may be in the configuration, for the names that it covers", async () => {
    const home = createHome();
    const { certificateFile, keyFile } = writePair(home.folder, await makePair(name));
    const emulator = await start({ production: true });
    const begin = async (host: string) => {
      const redirectUri = `https://${host}:${await findFreePort()}/callback`;
      await control(emulator, "redirect-uri", { redirectUri });
      const words = ["login", "--env", "emulator", "--redirect-uri", redirectUri, "--json"];
      return { port: new URL(redirectUri).port, login: startQbo(words, { home, emulator }) };
    };
    const before = readError(await (await begin(name)).login.ended);
    expect(before).toMatchObject({ code: "CONFIG_INVALID", hint: expect.stringContaining("--tls-cert") });
    readAnswer(await runQbo(["config", "set", "tlsCert", certificateFile, "--json"], { home }));
    const half = readError(await (await begin(name)).login.ended);
    expect(half).toMatchObject({ code: "CONFIG_INVALID", hint: "Set it: qbo config set tlsKey <file>" });
    readAnswer(await runQbo(["config", "set", "tlsKey", keyFile, "--json"], { home }));
    const { login, port } = await begin(name);
    await login.waitFor(/connect\/oauth2/);
    expect(await readServedName(Number(port))).toContain(`DNS:${name}`);
    login.signal("SIGINT");
    const asked = { home, emulator, env: { QBO_REDIRECT_URI: `https://${name}:8722/callback` } };
    const { checks } = JSON.parse((await runQbo(["doctor", "--env", "emulator", "--json"], asked)).stdout);
    expect(checks).toContainEqual(
      expect.objectContaining({ id: "certificate", detail: expect.stringContaining(`Your own for ${name} is valid`) }),
    );
    expect((await login.ended).stderr).not.toMatch(/warns|fingerprint/);
    const other = await begin("relay.example.com");
    expect(readError(await other.login.ended)).toMatchObject({ code: "CONFIG_INVALID" });
    expect(other.login.stderr()).toContain("is not for relay.example.com and is not used");
  });

  test("that a browser would refuse is told before anybody is sent there", async () => {
    const home = createHome();
    const { login, emulator } = await signInAs(home, writePair(home.folder, await makePair("another.example.com")));
    const error = readError(await login.ended);
    expect(error).toMatchObject({ code: "CERTIFICATE_UNUSABLE", exitCode: 7 });
    expect(error.message).toContain(`is not for ${name}`);
    expect(login.stderr()).not.toContain("connect/oauth2");
    const plain = ["--listen", "http://127.0.0.1:8722", "--tls-cert", "cert.pem", "--tls-key", "key.pem", "--json"];
    const unseen = readError(await runQbo(["login", "--env", "emulator", ...plain], { home, emulator }));
    expect(unseen).toMatchObject({ code: "USAGE", message: expect.stringContaining("plain http") });
    const alone = await runQbo(["login", "--env", "emulator", "--tls-cert", "cert.pem", "--json"], { home, emulator });
    expect(readError(alone)).toMatchObject({ code: "USAGE", hint: expect.stringContaining("--tls-key") });
  });
});
