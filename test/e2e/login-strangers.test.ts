import { describe, expect, test } from "vitest";
import { expectFree, get, openSocket, sendRaw } from "../adapters/callback-server/fixture.ts";
import { countEffects, start } from "../emulator/emulator-client.ts";
import { readFacts } from "./connections.ts";
import { createHome, readAnswer } from "./qbo-process.ts";
import { browse, consent, startLogin, type StartedLogin, visit } from "./sign-in.ts";

async function openLogin(scheme: "http" | "https" = "http") {
  const home = createHome();
  const emulator = await start();
  return { home, emulator, started: await startLogin({ home, emulator }, ["--env", "emulator"], scheme) };
}

/** The real callback, after whatever strangers did: it works, and it is the only one that did anything. */
async function expectSignIn({ emulator, home, started }: Awaited<ReturnType<typeof openLogin>>): Promise<void> {
  expect(await countEffects(emulator)).toMatchObject({ exchanges: 0, rejectedExchanges: 0 });
  const page = await browse(await consent(started));
  expect(page.body).toContain("Connected to");
  readAnswer(await started.ended);
  expect(await countEffects(emulator)).toMatchObject({ exchanges: 1, rejectedExchanges: 0 });
  expect(readFacts(home)).toMatchObject([{ isPending: false }]);
  await expectFree(started.port);
}

/** Everything about the callback is right but one thing. */
const attempts: [string, (started: StartedLogin) => Promise<{ status: number }>][] = [
  ["a shorter state", ({ redirectUri, state }) => visit(`${redirectUri}?code=x&realmId=1&state=${state.slice(1)}`)],
  ["a longer state", ({ redirectUri, state }) => visit(`${redirectUri}?code=x&realmId=1&state=${state}x`)],
  [
    "another state of the same length",
    ({ redirectUri, state }) => visit(`${redirectUri}?code=x&realmId=1&state=${state.split("").toReversed().join("")}`),
  ],
  ["no state", ({ redirectUri }) => visit(`${redirectUri}?code=x&realmId=1`)],
  ["two states", ({ redirectUri, state }) => visit(`${redirectUri}?code=x&realmId=1&state=${state}&state=${state}`)],
  ["a forged error", ({ redirectUri }) => visit(`${redirectUri}?error=access_denied`)],
  ["a forged error with a wrong state", ({ redirectUri }) => visit(`${redirectUri}?error=access_denied&state=x`)],
  ["no code", ({ redirectUri, state }) => visit(`${redirectUri}?realmId=1&state=${state}`)],
  ["two codes", ({ redirectUri, state }) => visit(`${redirectUri}?code=x&code=y&realmId=1&state=${state}`)],
  ["a realm that is no number", ({ redirectUri, state }) => visit(`${redirectUri}?code=x&realmId=a&state=${state}`)],
  ["another path", ({ port, state }) => get(port, `/callback/?code=x&realmId=1&state=${state}`)],
  ["a favicon", ({ port }) => get(port, "/favicon.ico")],
  ["POST", ({ redirectUri, state }) => visit(`${redirectUri}?code=x&realmId=1&state=${state}`, { method: "POST" })],
  ["HEAD", ({ redirectUri, state }) => visit(`${redirectUri}?code=x&realmId=1&state=${state}`, { method: "HEAD" })],
  [
    "the Host of another page",
    ({ redirectUri, state, port }) =>
      visit(`${redirectUri}?code=x&realmId=1&state=${state}`, { headers: { host: `evil.example:${port}` } }),
  ],
];

describe("strangers cannot end or hijack a login that waits", () => {
  test("with callbacks of which one thing is wrong", async () => {
    const login = await openLogin();
    for (const [what, attempt] of attempts) {
      const { status } = await attempt(login.started);
      expect([what, status >= 400 && status < 500]).toEqual([what, true]);
    }
    await expectSignIn(login);
  });

  test("with a query of 1 MB, 1,000 stray requests and sockets that never finish theirs", async () => {
    const login = await openLogin();
    const { port, redirectUri, state } = login.started;
    await sendRaw(
      port,
      `GET /callback?code=${"x".repeat(1_048_576)}&state=${state} HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`,
    );
    const slow = await Promise.all(Array.from({ length: 250 }, () => openSocket(port)));
    for (const socket of slow) socket.write("GET /callback?code=");
    for (let round = 0; round < 20; round += 1) {
      const strays = Array.from({ length: 50 }, (_, index) => visit(`${redirectUri}?code=x&state=${round}-${index}`));
      for (const { status } of await Promise.all(strays)) expect(status).toBe(400);
    }
    await expectSignIn(login);
    for (const socket of slow) socket.destroy();
  });

  test("over TLS with handshakes that were never meant", async () => {
    const login = await openLogin("https");
    const halfDone = await Promise.all(Array.from({ length: 50 }, () => openSocket(login.started.port)));
    for (const socket of halfDone) socket.write("\u0016\u0003\u0001");
    expect(await sendRaw(login.started.port, "GET / HTTP/1.1\r\n\r\n")).not.toContain("HTTP/1.1 200");
    await expectSignIn(login);
    for (const socket of halfDone) socket.destroy();
  });
});

describe("a callback that comes again", () => {
  test("20 times at once leads to one exchange and to the same page", async () => {
    const { emulator, started } = await openLogin();
    const callback = await consent(started);
    const pages = await Promise.all(Array.from({ length: 20 }, () => browse(callback)));
    readAnswer(await started.ended);
    expect(new Set(pages.map(({ status, url }) => `${status} ${url}`)).size).toBe(1);
    for (const { body } of pages) expect(body).toContain("Connected to");
    expect(await countEffects(emulator)).toMatchObject({ exchanges: 1, rejectedExchanges: 0 });
  });

  test("with another code changes nothing any more", async () => {
    const { emulator, started } = await openLogin();
    const [callback, other] = [await consent(started), await consent(started)];
    expect(other).not.toBe(callback);
    expect((await visit(callback)).status).toBe(303);
    const pages = await Promise.all([browse(callback), visit(other), browse(callback)]);
    expect(pages.map(({ status }) => status)).toEqual([200, 404, 200]);
    readAnswer(await started.ended);
    expect(await countEffects(emulator)).toMatchObject({ exchanges: 1, rejectedExchanges: 0 });
  });
});
