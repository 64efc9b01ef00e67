import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { closeServer } from "../adapters/callback-server/fixture.ts";
import { start } from "../emulator/emulator-client.ts";
import { readJournal, seedExpired } from "./connections.ts";
import { askDoctor } from "./doctor.ts";
import { createOwnAuthority } from "./own-authority.ts";
import { createHome, expectTypedError, readAnswer, runQbo } from "./qbo-process.ts";
import { startFront, startTunnelProxy, type TunnelOptions } from "./tunnel-proxy.ts";

/** Intuit under names that only a proxy can reach, with certificates of an authority that only this network knows. */
const names = ["accounts.invalid", "api.invalid"];
const [accounts, api] = names.map((name) => `https://${name}`);

const environment = {
  authorizationEndpoint: `${accounts}/connect/oauth2`,
  tokenEndpoint: `${accounts}/oauth2/v1/tokens/bearer`,
  revocationEndpoint: `${accounts}/v2/oauth2/tokens/revoke`,
  userinfoEndpoint: `${accounts}/v1/openid_connect/userinfo`,
  jwksUri: `${accounts}/op/v1/jwks`,
  issuer: `${accounts}/op/v1`,
  apiBaseUrl: `${api}`,
};

async function openOffice({ certified = names }: { certified?: string[] } = {}) {
  const [home, emulator, authority] = [createHome(), await start(), await createOwnAuthority()];
  writeFileSync(join(home.config, "config.json"), JSON.stringify({ environments: { office: environment } }));
  const authorityFile = join(home.folder, "authority.pem");
  writeFileSync(authorityFile, authority.certificatePem);
  const front = await startFront(await authority.issue(...certified), emulator.baseUrl);
  const env: Record<string, string | undefined> = {
    NODE_EXTRA_CA_CERTS: authorityFile,
    QBO_CLIENT_ID: "qbo-emulator-client",
    QBO_CLIENT_SECRET: "qbo-emulator-secret",
    QBO_ENV: "office",
  };
  await seedExpired({ home, emulator, env }, { environment: "office" });
  return {
    options: { home, env },
    scene: { home, emulator, env },
    authority,
    startProxy: (options: Partial<TunnelOptions> = {}) => startTunnelProxy({ to: front, ...options }),
  };
}

const targets = names.map((name) => `${name}:443`);

test.each(["HTTPS_PROXY", "https_proxy"])(
  "%s carries everything, and its password is shown nowhere",
  async (variable) => {
    const { options, startProxy } = await openOffice();
    const proxy = await startProxy({ credentials: "clerk:p@ss word%" });
    options.env[variable] = `http://clerk:p%40ss%20word%25@localhost:${proxy.port}`;
    const ended = await runQbo(["companyinfo", "--json", "--debug"], options);
    expect(readAnswer(ended)).toMatchObject({ connection: "c1" });
    expect(proxy.asked.map(({ target }) => target)).toEqual(targets);
    expect(new Set(proxy.asked.map(({ credentials }) => credentials))).toEqual(new Set(["clerk:p@ss word%"]));
    expect(ended.stderr).not.toMatch(/p@ss|p%40ss|clerk/);
    expect(ended.stderr).not.toContain(Buffer.from("clerk:p@ss word%").toString("base64"));
  },
);

test.each(["localhost", "127.0.0.1"])("a proxy that is spoken to over TLS, as %s, carries everything", async (host) => {
  const { options, authority, startProxy } = await openOffice();
  const proxy = await startProxy({ tls: await authority.issue(host) });
  options.env["HTTPS_PROXY"] = `https://${host}:${proxy.port}`;
  const ended = await runQbo(["companyinfo", "--json"], options);
  expect(readAnswer(ended)).toMatchObject({ connection: "c1" });
  expect(ended.stderr).toBe("");
  expect(proxy.asked.map(({ target }) => target)).toEqual(targets);
});

test("an address without a scheme is that of a proxy, too", async () => {
  const { options, startProxy } = await openOffice();
  const proxy = await startProxy();
  options.env["HTTPS_PROXY"] = `localhost:${proxy.port}`;
  expect(readAnswer(await runQbo(["refresh", "--json"], options))).toMatchObject({ refreshed: 1 });
  expect(proxy.asked).toEqual([{ target: targets[0], credentials: null }]);
});

test("a proxy that refuses is named with its status, and without its password", async () => {
  const { options, scene, startProxy } = await openOffice();
  const proxy = await startProxy({ credentials: "clerk:right" });
  options.env["HTTPS_PROXY"] = `http://clerk:wrong-word@localhost:${proxy.port}`;
  const error = await expectTypedError(["token"], options);
  expect(error).toMatchObject({ code: "INTUIT_UNREACHABLE", exitCode: 6 });
  const told = `accounts.invalid could not be reached through the proxy http://localhost:${proxy.port}: it refused with status 407`;
  expect(error.message).toContain(told);
  expect(error.hint).toContain("user name and password");
  const answer = await askDoctor(scene);
  const check = answer.checks.find(({ id }) => id === "network");
  expect(check).toMatchObject({
    status: "fail",
    detail: expect.stringContaining(told),
    fix: expect.stringContaining("HTTPS_PROXY"),
  });
  expect(JSON.stringify({ error, answer })).not.toContain("wrong-word");
});

test("the doctor tells which part of the way fails", async () => {
  const { options, scene, authority, startProxy } = await openOffice({ certified: ["accounts.invalid"] });
  const look = async (env: Record<string, string | undefined>) => {
    const answer = await askDoctor({ ...scene, env: { ...options.env, ...env } });
    const { status, detail, fix } = answer.checks.find(({ id }) => id === "network") ?? {};
    return `${status}: ${detail} ${fix}`;
  };
  const proxy = await startProxy();
  const through = { HTTPS_PROXY: `http://localhost:${proxy.port}` };
  expect(await look({})).toMatch(
    /accounts\.invalid could not be reached: (its name is not known to DNS|DNS did not answer)\./,
  );
  expect(await look(through)).toMatch(/api\.invalid could not .*: its certificate belongs to another name\./);
  expect(await look({ ...through, NODE_EXTRA_CA_CERTS: undefined })).toMatch(
    /authority that is not trusted|not trusted.*NODE_EXTRA_CA_CERTS/,
  );
  const missing = await look({ ...through, NODE_EXTRA_CA_CERTS: "/nowhere/authority.pem" });
  expect(missing).toMatch(/\/nowhere\/authority\.pem, which does not exist.* Set NODE_EXTRA_CA_CERTS/);
  const shut = await look({ HTTPS_PROXY: "http://localhost:1" });
  expect(shut).toContain("because the proxy could not: the connection was refused.");
  const strange = await startProxy({ tls: await authority.issue("elsewhere.invalid") });
  const misnamed = await look({ HTTPS_PROXY: `https://localhost:${strange.port}` });
  expect(misnamed).toContain("because the proxy could not: its certificate belongs to another name.");
  const plain = await look({ HTTPS_PROXY: `https://localhost:${proxy.port}` });
  expect(plain).toContain("because the proxy could not: what answers there does not speak TLS.");
  expect(await look({ HTTPS_PROXY: "ftp://clerk:secret-word@proxy.example" })).toMatch(
    /^fail: HTTPS_PROXY is not the address/,
  );
});

test("a proxy's address that is none stops a refresh before it is sent, and nobody takes its answer for lost", async () => {
  const { options, scene } = await openOffice();
  const env = { ...options.env, HTTPS_PROXY: "socks5://proxy.example" };
  const error = await expectTypedError(["token", "--json"], { ...options, env });
  expect(error).toMatchObject({ code: "CONFIG_INVALID", message: expect.stringContaining("HTTPS_PROXY") });
  const journal = readJournal(scene.home).map(({ event, outcome }) => `${String(event)} ${String(outcome)}`);
  expect(journal.at(-1)).toBe("refresh-rejected unreachable");
  expect(JSON.stringify(await askDoctor(scene))).not.toContain("never came");
});

test("the doctor shows the proxy of each host, and the authorities that are trusted besides", async () => {
  const { options, scene, startProxy } = await openOffice();
  const proxy = await startProxy();
  options.env["HTTPS_PROXY"] = `http://clerk:secret-word@localhost:${proxy.port}`;
  const answer = await askDoctor(scene);
  const { status, detail } = answer.checks.find(({ id }) => id === "network") ?? {};
  const way = `through the proxy http://localhost:${proxy.port}`;
  expect({ status, detail }).toEqual({
    status: "ok",
    detail: `accounts.invalid ${way}, api.invalid ${way}. By NODE_EXTRA_CA_CERTS (${options.env["NODE_EXTRA_CA_CERTS"]}) one authority is trusted besides the usual ones.`,
  });
});

test.each(["NO_PROXY", "no_proxy"])("%s keeps a host from the proxy", async (variable) => {
  const { options, startProxy } = await openOffice();
  const proxy = await startProxy();
  Object.assign(options.env, { HTTPS_PROXY: `http://localhost:${proxy.port}`, [variable]: "other.example, .invalid" });
  const error = await expectTypedError(["refresh"], options);
  expect(error.message).not.toContain("proxy");
  expect(proxy.asked).toEqual([]);
});

test("an emulator on [::1] is reached, and without a proxy", async () => {
  const home = createHome();
  const server = createServer((_message, response) => {
    response.writeHead(400, { "content-type": "application/json" }).end('{"error":"invalid_grant"}');
  });
  await new Promise<void>((resolve) => server.listen(0, "::1", resolve));
  onTestFinished(() => closeServer(server));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const options = { home, env: { QBO_EMULATOR_URL: `http://[::1]:${port}`, HTTP_PROXY: "http://localhost:1" } };
  const entry = { environment: "emulator", realmId: "1", refreshToken: "r", name: "six" };
  await runQbo(["import", "--stdin", "--no-refresh"], { ...options, stdin: JSON.stringify(entry) });
  expect(await expectTypedError(["refresh", "six"], options)).toMatchObject({ code: "REFRESH_REJECTED" });
});
