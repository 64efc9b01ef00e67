import { createServer } from "node:http";
import type { Server } from "node:http";
import { describe, expect, test } from "vitest";
import { bindAll } from "../../../src/adapters/callback-server/bind.ts";
import { findFreePort } from "../../world/free-port.ts";
import { closeServer, expectFree } from "./fixture.ts";

/** A server that this machine cannot bind, as it happens without IPv6 or for a privileged port. */
function makeFailing(code: string): Server {
  const server = createServer();
  return Object.assign(server, {
    listen: () => {
      queueMicrotask(() => server.emit("error", Object.assign(new Error(code), { code })));
      return server;
    },
  });
}

/** The first server can be bound, the second fails with `code`. */
function makeHalf(code: string): () => Server {
  let count = 0;
  return () => {
    count += 1;
    return count === 1 ? createServer() : makeFailing(code);
  };
}

describe("binding both loopback addresses", () => {
  test.each(["EADDRNOTAVAIL", "EAFNOSUPPORT"])("tolerates a missing address family (%s)", async (code) => {
    const address = { scheme: "http", host: "localhost", port: await findFreePort() } as const;
    const servers = await bindAll({ address, platform: "linux", makeServer: makeHalf(code) });
    expect(servers).toHaveLength(1);
    for (const server of servers) await closeServer(server);
  });

  test("tolerates nothing else, and gives back what it had", async () => {
    const address = { scheme: "http", host: "localhost", port: await findFreePort() } as const;
    const binding = bindAll({ address, platform: "win32", makeServer: makeHalf("EACCES") });
    await expect(binding).rejects.toMatchObject({
      code: "CALLBACK_PORT_IN_USE",
      message: `The port for the sign-in, [::1]:${address.port}, may not be used by you.`,
      hint: expect.stringContaining(`netstat -ano | findstr :${address.port}`),
    });
    await expectFree(address.port);
  });

  test.each([
    [{ pid: 12, program: "node", qboCommand: "login" }, "another qbo login (pid 12)", "Finish that sign-in"],
    [{ pid: 12, program: "node", qboCommand: "emulator" }, "qbo emulator (pid 12)", "`kill 12`"],
    [{ pid: 12, program: "nginx", qboCommand: null }, "nginx (pid 12)", "`kill 12`"],
    [{ pid: 12, program: null, qboCommand: null }, "another program (pid 12)", "`kill 12`"],
    [undefined, "another program.", "lsof -nP"],
  ])("names who holds the port: %j", async (holder, name, hint) => {
    const address = { scheme: "http", host: "127.0.0.1", port: 8722 } as const;
    const makeServer = () => makeFailing("EADDRINUSE");
    const findPortHolder = async () => holder;
    await expect(bindAll({ address, platform: "linux", makeServer, findPortHolder })).rejects.toMatchObject({
      code: "CALLBACK_PORT_IN_USE",
      message: expect.stringContaining(`is in use by ${name}`),
      hint: expect.stringContaining(hint),
    });
  });

  test("needs at least one", async () => {
    const address = { scheme: "http", host: "localhost", port: 8722 } as const;
    const binding = bindAll({ address, platform: "linux", makeServer: () => makeFailing("EADDRNOTAVAIL") });
    await expect(binding).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });

  test("passes an unknown failure on", async () => {
    const address = { scheme: "http", host: "localhost", port: 8722 } as const;
    const binding = bindAll({ address, platform: "linux", makeServer: () => makeFailing("EMFILE") });
    await expect(binding).rejects.toMatchObject({ name: "Error", code: "EMFILE" });
  });
});
