import { afterEach, describe, expect, test } from "vitest";
import { createCallbackServer } from "../../../src/adapters/callback-server/callback-server.ts";
import { findFreePort } from "../../world/free-port.ts";
import {
  awaitEnd,
  clock,
  closeAll,
  closeServer,
  connectedPage,
  expectFree,
  get,
  judge,
  listenOn,
  openCallback,
  openSocket,
  resolveLocation,
  sendRaw,
} from "./fixture.ts";

const callback = "/callback?code=good&state=s&realmId=1";

afterEach(closeAll);

describe("listening", () => {
  test("on localhost means both loopback addresses", async () => {
    const { port } = await openCallback();
    for (const host of ["127.0.0.1", "::1"]) expect((await get(port, "/", { host })).status).toBe(404);
  });

  test("on one address leaves the other alone", async () => {
    for (const host of ["127.0.0.1", "[::1]"]) {
      const { port, running } = await openCallback({ host });
      const other = await listenOn(host === "127.0.0.1" ? "::1" : "127.0.0.1", port);
      expect((await get(port, "/", { host: host.replace(/[[\]]/g, "") })).status).toBe(404);
      await closeServer(other);
      await running.close();
    }
  });

  test.each(["127.0.0.1", "::1"])(
    "fails when a stranger holds the port on %s, and holds nothing itself",
    async (host) => {
      const port = await findFreePort();
      const stranger = await listenOn(host, port);
      const address = { scheme: "http", host: "localhost", port } as const;
      const listening = createCallbackServer({ clock, platform: "linux" }).listen({
        address,
        certificate: null,
        judge,
      });
      const place = host === "::1" ? `[::1]:${port}` : `127.0.0.1:${port}`;
      await expect(listening).rejects.toMatchObject({
        code: "CALLBACK_PORT_IN_USE",
        message: `The port for the sign-in, ${place}, is in use by another program.`,
        hint: expect.stringContaining(`lsof -nP -iTCP:${port} -sTCP:LISTEN`),
      });
      await closeServer(stranger);
      await expectFree(port);
    },
  );

  test("on an address of another machine is a fault of the configuration", async () => {
    for (const host of ["192.0.2.1", "nonexistent.invalid"]) {
      const address = { scheme: "http", host, port: 8722 } as const;
      const listening = createCallbackServer({ clock }).listen({ address, certificate: null, judge });
      await expect(listening).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    }
  });

  test("with an unusable certificate says so", async () => {
    const port = await findFreePort();
    const address = { scheme: "https", host: "localhost", port } as const;
    const broken = { certificatePem: "none", keyPem: "none", fingerprint: "", expiresAt: 0 };
    for (const certificate of [broken, null]) {
      const listening = createCallbackServer({ clock }).listen({ address, certificate, judge });
      await expect(listening).rejects.toMatchObject({ code: "CERTIFICATE_UNUSABLE" });
    }
    await expectFree(port);
  });
});

describe("judging", () => {
  test("sees method, raw target and every Host header", async () => {
    const { port, judged } = await openCallback();
    await sendRaw(port, "POST /a%2fb/../?x=%00&x HTTP/1.1\r\nHost: one\r\nhOST: two\r\nX-Host: three\r\n\r\n");
    await sendRaw(port, "GET /none HTTP/1.1\r\n\r\n");
    expect(judged).toEqual([
      { method: "POST", target: "/a%2fb/../?x=%00&x", hosts: ["one", "two"] },
      { method: "GET", target: "/none", hosts: [] },
    ]);
  });

  test("an ignored request gets a short plain answer and changes nothing", async () => {
    const { port, running } = await openCallback();
    const strays = [
      ["/favicon.ico", "GET", 404],
      ["/callback?code=bad", "GET", 404],
      [callback, "POST", 405],
      [callback, "HEAD", 405],
      [callback, "OPTIONS", 405],
    ] as const;
    for (const [path, method, status] of strays) {
      const seen = await get(port, path, { method });
      expect(seen.status).toBe(status);
      expect(seen.headers).toMatchObject({ connection: "close", "content-type": "text/plain; charset=utf-8" });
    }
    await get(port, callback);
    expect(await running.response).toBe(callback);
  });

  test("that throws refuses the request and leaves the sign-in alive", async () => {
    const { port, running } = await openCallback({
      judge: (request) => {
        if (request.target === "/bad") throw new Error("a defect");
        return judge(request);
      },
    });
    expect((await get(port, "/bad")).status).toBe(400);
    await get(port, callback);
    expect(await running.response).toBe(callback);
  });
});

describe("an accepted callback", () => {
  test("leads away from the code to an address that nobody can guess", async () => {
    const { port, running } = await openCallback();
    const seen = await get(port, callback);
    expect(seen.status).toBe(303);
    expect(resolveLocation(seen, callback)).toMatch(/^\/result\/[\w-]{22}$/);
    expect(JSON.stringify(seen.headers)).not.toContain("good");
    expect(await running.response).toBe(callback);
  });

  test("is judged once; the same target again, also in parallel, gets the same answer", async () => {
    const { port, judged } = await openCallback();
    const seen = await Promise.all(Array.from({ length: 20 }, async () => await get(port, callback)));
    expect(new Set(seen.map(({ status }) => status))).toEqual(new Set([303]));
    expect(new Set(seen.map(({ headers }) => headers.location)).size).toBe(1);
    expect(judged).toHaveLength(1);
    expect((await get(port, callback, { method: "POST" })).status).toBe(405);
  });

  test("ends judging: another one, though valid, is ignored", async () => {
    const { port, running, judged } = await openCallback();
    await get(port, callback);
    expect((await get(port, `${callback}&again=1`)).status).toBe(404);
    expect((await get(port, "/result/guess")).status).toBe(404);
    expect(judged).toHaveLength(1);
    expect(await running.response).toBe(callback);
  });

  test("below a path keeps its result below that path", async () => {
    const target = "/qbo/callback?code=1";
    const { port, running } = await openCallback({ judge: () => ({ kind: "accepted", response: "yes" }) });
    const path = resolveLocation(await get(port, target), target);
    expect(path).toMatch(/^\/qbo\/result\/[\w-]{22}$/);
    const page = get(port, path);
    await running.finish(connectedPage);
    expect((await page).status).toBe(200);
  });
});

describe("the final page", () => {
  test("is served to everybody who waits for it, and then the port is free", async () => {
    const { port, running } = await openCallback({ limits: { lingerMs: 20_000 } });
    const path = resolveLocation(await get(port, callback), callback);
    const waiting = [get(port, path), get(port, path)];
    expect((await get(port, path, { method: "POST" })).status).toBe(405);
    await running.finish(connectedPage);
    for (const seen of await Promise.all(waiting)) {
      expect(seen.status).toBe(200);
      expect(seen.body).toContain("Blue Door Supplies");
      expect(seen.body).toContain("</html>");
    }
    await expectFree(port);
  });

  test("waits a moment for a browser that has not followed the redirect yet", async () => {
    const { port, running } = await openCallback({ limits: { lingerMs: 20_000 } });
    const path = resolveLocation(await get(port, callback), callback);
    const finished = running.finish(connectedPage);
    expect((await get(port, path)).body).toContain("Blue Door Supplies");
    await finished;
    await expectFree(port);
  });

  test("does not keep the port open for a browser that never comes, or never reads", async () => {
    const { port, running } = await openCallback({ limits: { lingerMs: 100 } });
    const path = resolveLocation(await get(port, callback), callback);
    const lazy = await openSocket(port);
    lazy.pause();
    lazy.write("GET /callback HTTP/1.1\r\n");
    await running.finish(connectedPage);
    await expectFree(port);
    await expect(get(port, path)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test("is not waited for when no browser ever called back", async () => {
    const { port, running } = await openCallback({ limits: { lingerMs: 600_000 } });
    await running.finish(connectedPage);
    await expect(expectFree(port)).resolves.toBeUndefined();
  });

  test("is replaced by a word when the outcome takes too long", async () => {
    const { port } = await openCallback({ limits: { resultWaitMs: 50 } });
    const path = resolveLocation(await get(port, callback), callback);
    const seen = await get(port, path);
    expect(seen.status).toBe(503);
    expect(seen.body).toContain("terminal");
  });

  test("still comes to a browser that reloads meanwhile", async () => {
    const { port, running } = await openCallback({ limits: { lingerMs: 20_000 } });
    const path = resolveLocation(await get(port, callback), callback);
    const first = await openSocket(port);
    first.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    // Once a later request was answered, what happened before has arrived.
    await get(port, "/");
    first.destroy();
    await get(port, "/");
    const second = get(port, path);
    await running.finish(connectedPage);
    expect((await second).status).toBe(200);
  });
});

describe("closing", () => {
  test("ends everything at once: idle, half-sent and waiting connections", async () => {
    const { port, running } = await openCallback();
    const path = resolveLocation(await get(port, callback), callback);
    const idle = await openSocket(port);
    const half = await openSocket(port);
    half.write("GET /callback?code=");
    const waiting = get(port, path).catch((error: unknown) => error);
    const ends = [idle, half].map(awaitEnd);
    await running.close();
    await Promise.all(ends);
    expect(await waiting).toBeInstanceOf(Error);
    await expectFree(port);
  });

  test("twice, or after finishing, is no error", async () => {
    const { running } = await openCallback({ limits: { lingerMs: 10 } });
    await running.finish(connectedPage);
    await running.close();
    await expect(running.finish(connectedPage)).resolves.toBeUndefined();
  });
});

test("every answer forbids loading, framing, keeping and sending on", async () => {
  const { port, running } = await openCallback();
  const stray = await get(port, "/");
  const redirect = await get(port, callback);
  const page = get(port, resolveLocation(redirect, callback));
  await running.finish(connectedPage);
  for (const { headers } of [stray, redirect, await page]) {
    expect(headers).toMatchObject({
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "cross-origin-opener-policy": "same-origin",
      connection: "close",
    });
    expect(headers["content-security-policy"]).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/=]{44}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
    );
    expect(headers["set-cookie"]).toBeUndefined();
  }
});
