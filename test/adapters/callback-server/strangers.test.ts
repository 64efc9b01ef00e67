import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { createCertificates } from "../../../src/adapters/certificate/certificates.ts";
import type { ServerCertificate } from "../../../src/core/certificates.ts";
import {
  awaitEnd,
  clock,
  closeAll,
  connectedPage,
  expectFree,
  get,
  openCallback,
  openSocket,
  resolveLocation,
  sendRaw,
} from "./fixture.ts";
import type { Opened } from "./fixture.ts";

const callback = "/callback?code=good";

afterEach(closeAll);

/** The whole sign-in: what the browser finally sees. Afterwards the port is free. */
async function signIn({ port, running }: Opened, tls = false): Promise<string> {
  const seen = await get(port, callback, { tls });
  expect(seen.status).toBe(303);
  const page = get(port, resolveLocation(seen, callback), { tls });
  expect(await running.response).toBe(callback);
  await running.finish(connectedPage);
  await expectFree(port);
  return (await page).body;
}

async function makeCertificate(): Promise<ServerCertificate> {
  const folder = await mkdtemp(join(tmpdir(), "qbo-callback-"));
  const certificate = await createCertificates({ folder, clock }).forCallback();
  await rm(folder, { recursive: true });
  return certificate;
}

describe("strangers cannot end or disturb a sign-in", () => {
  test("with 1,000 stray requests", async () => {
    const opened = await openCallback();
    for (let round = 0; round < 20; round += 1) {
      const strays = Array.from(
        { length: 50 },
        async (_, index) => await get(opened.port, `/callback?code=bad${index}`),
      );
      for (const { status } of await Promise.all(strays)) expect(status).toBe(404);
    }
    expect(await signIn(opened)).toContain("Blue Door Supplies");
  });

  test("with connections that never finish their request", async () => {
    const opened = await openCallback({ limits: { maxSockets: 20 } });
    const sockets = await Promise.all(Array.from({ length: 60 }, async () => await openSocket(opened.port)));
    for (const socket of sockets) socket.write("GET /callback?code=");
    await Promise.all(sockets.slice(0, 40).map(awaitEnd));
    expect(await signIn(opened)).toContain("Blue Door Supplies");
  });

  test("by crowding out a browser that already waits for its page", async () => {
    const opened = await openCallback({ limits: { maxSockets: 10 } });
    const page = get(opened.port, resolveLocation(await get(opened.port, callback), callback));
    // The page's request has arrived once a later one was answered.
    await get(opened.port, "/");
    for (let count = 0; count < 30; count += 1) await openSocket(opened.port);
    await get(opened.port, "/");
    await opened.running.finish(connectedPage);
    expect((await page).status).toBe(200);
  });

  test("with connections that dawdle", async () => {
    // Long enough for the sign-in's own requests on a slow machine.
    const opened = await openCallback({ limits: { requestMs: 1500 } });
    const slow = await openSocket(opened.port);
    slow.write("GET / HTTP/1.1\r\nHost:");
    const silent = await openSocket(opened.port);
    await Promise.all([awaitEnd(slow), awaitEnd(silent)]);
    expect(await signIn(opened)).toContain("Blue Door Supplies");
  });

  test("with a query of 1 MB, a header of 1 MB or something that is not HTTP", async () => {
    const opened = await openCallback();
    const megabyte = "x".repeat(1024 * 1024);
    const refused = [
      `GET /callback?code=good${megabyte} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
      `GET /callback?code=good HTTP/1.1\r\nHost: localhost\r\nX-Long: ${megabyte}\r\n\r\n`,
    ];
    // A client that is cut off while it still writes may never see the answer.
    for (const bytes of refused) expect(await sendRaw(opened.port, bytes)).toMatch(/^(HTTP\/1\.1 431 |$)/);
    const smaller = `GET /?${"x".repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
    expect(await sendRaw(opened.port, smaller)).toMatch(/^HTTP\/1\.1 431 [^]*content-security-policy/);
    expect(await sendRaw(opened.port, "\u0016\u0003\u0001\u0002 nonsense\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
    expect(await signIn(opened)).toContain("Blue Door Supplies");
  });

  test("with bodies, expectations, upgrades and tunnels", async () => {
    const opened = await openCallback();
    const host = "Host: localhost\r\n";
    const endless = `POST /callback HTTP/1.1\r\n${host}Content-Length: 1000000000\r\n\r\nbegin`;
    expect(await sendRaw(opened.port, endless)).toMatch(/^HTTP\/1\.1 405 /);
    const expecting = `POST /callback HTTP/1.1\r\n${host}Expect: 100-continue\r\nContent-Length: 9\r\n\r\n`;
    expect(await sendRaw(opened.port, expecting)).toMatch(/^HTTP\/1\.1 405 /);
    const demanding = `GET /nowhere HTTP/1.1\r\n${host}Expect: wonders\r\n\r\n`;
    expect(await sendRaw(opened.port, demanding)).toMatch(/^HTTP\/1\.1 404 /);
    const upgrading = `GET /nowhere HTTP/1.1\r\n${host}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
    expect(await sendRaw(opened.port, upgrading)).toMatch(/^HTTP\/1\.1 404 /);
    expect(await sendRaw(opened.port, `CONNECT other:1 HTTP/1.1\r\n${host}\r\n`)).toBe("");
    expect(await signIn(opened)).toContain("Blue Door Supplies");
  });
});

describe("over TLS", () => {
  test("a sign-in goes through on both addresses", async () => {
    const certificate = await makeCertificate();
    const opened = await openCallback({ certificate });
    for (const host of ["127.0.0.1", "::1"])
      expect((await get(opened.port, "/", { host, tls: true })).status).toBe(404);
    expect(await signIn(opened, true)).toContain("Blue Door Supplies");
  });

  test("handshakes that never end or were never meant do not disturb it", async () => {
    const certificate = await makeCertificate();
    const opened = await openCallback({ certificate, limits: { maxSockets: 20 } });
    for (let count = 0; count < 50; count += 1) (await openSocket(opened.port)).write("\u0016\u0003\u0001");
    expect(await sendRaw(opened.port, "GET / HTTP/1.1\r\n\r\n")).not.toContain("HTTP/1.1");
    expect(await signIn(opened, true)).toContain("Blue Door Supplies");
  });

  test("a browser that waits is not crowded out", async () => {
    const certificate = await makeCertificate();
    const opened = await openCallback({ certificate, limits: { maxSockets: 10 } });
    const path = resolveLocation(await get(opened.port, callback, { tls: true }), callback);
    const page = get(opened.port, path, { tls: true });
    await get(opened.port, "/", { tls: true });
    for (let count = 0; count < 30; count += 1) await openSocket(opened.port);
    await get(opened.port, "/", { tls: true });
    await opened.running.finish(connectedPage);
    expect((await page).status).toBe(200);
  });

  test("closing ends handshakes that are half done, and silence ends by itself", async () => {
    const certificate = await makeCertificate();
    const { port, running } = await openCallback({ certificate, limits: { requestMs: 100 } });
    const silent = await openSocket(port);
    await awaitEnd(silent);
    const half = await openSocket(port);
    half.write("\u0016\u0003\u0001");
    const ended = awaitEnd(half);
    await running.close();
    await ended;
    await expect(expectFree(port)).resolves.toBeUndefined();
  });
});
