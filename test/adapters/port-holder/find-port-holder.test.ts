import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import { findPortHolder } from "../../../src/adapters/port-holder/find-port-holder.ts";
import { readInodes } from "../../../src/adapters/port-holder/linux-sockets.ts";
import * as answers from "../../../src/adapters/port-holder/tool-answers.ts";
import { findFreePort } from "../../world/free-port.ts";
import { closeServer, listenOn } from "../callback-server/fixture.ts";

const isLinux = process.platform === "linux";
const here = { platform: process.platform, env: process.env };

/** A process of its own that listens on the address, started with these words after the program's name. */
async function listenElsewhere(host: string, ...words: string[]): Promise<{ port: number; pid: number }> {
  const port = await findFreePort();
  const script = `require("node:net").createServer().listen(${port}, "${host}", () => console.log("ready"))`;
  const child = spawn(process.execPath, ["-e", script, ...words], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill());
  await once(child.stdout, "data");
  return { port, pid: child.pid ?? 0 };
}

describe.skipIf(!isLinux)("on Linux", () => {
  it.each(["127.0.0.1", "::1"])("finds the process that listens on %s", async (host) => {
    const { port, pid } = await listenElsewhere(host);
    expect(await findPortHolder(port, here)).toEqual({ pid, program: "node", qboCommand: null });
  });

  it("finds nobody at a free port, nor itself", async () => {
    const port = await findFreePort();
    expect(await findPortHolder(port, here)).toBeUndefined();
    const server = await listenOn("127.0.0.1", port);
    expect(await findPortHolder(port, here)).toBeUndefined();
    await closeServer(server);
  });

  it("reads listening sockets only, and only those of the port", () => {
    const table = readFileSync(new URL("proc-net-tcp.txt", import.meta.url), "utf8");
    expect(readInodes(table, 8722)).toEqual(["31337"]);
    expect(readInodes(table, 8723)).toEqual([]);
    expect(readInodes("", 8722)).toEqual([]);
  });
});

describe("elsewhere", () => {
  it("finds nobody when the tools are missing, and does not fail", async () => {
    for (const platform of ["darwin", "win32"] as const)
      expect(await findPortHolder(8722, { platform, env: { PATH: "/nowhere" } })).toBeUndefined();
  });

  it("understands lsof", () => {
    expect(answers.readLsof("p4711\nf19\n")).toBe(4711);
    expect(answers.readLsof("")).toBeUndefined();
  });

  it("understands netstat in any language", () => {
    const text = [
      "Aktive Verbindungen",
      "  TCP    127.0.0.1:8722         127.0.0.1:50001        HERGESTELLT     7",
      "  TCP    127.0.0.1:18722        0.0.0.0:0              ABHÖREN         8",
      "  TCP    127.0.0.1:8722         0.0.0.0:0              ABHÖREN         9",
      "  TCP    [::1]:8723             [::]:0                 ABHÖREN         10",
    ].join("\r\n");
    expect(answers.readNetstat(text, 8722)).toBe(9);
    expect(answers.readNetstat(text, 8723)).toBe(10);
    expect(answers.readNetstat(text, 722)).toBeUndefined();
  });

  it("understands tasklist", () => {
    expect(answers.readTasklist('"node.exe","9","Console","1","40.000 K"\r\n')).toBe("node.exe");
    expect(answers.readTasklist("INFO: No tasks are running\r\n")).toBeUndefined();
  });
});

describe("a command line", () => {
  it.each([
    ["node /usr/bin/qbo login --env sandbox", "login"],
    ["/opt/node/bin/node /home/me/bin/qbo.js --json login", "login"],
    ["qbo emulator", "emulator"],
    ["C:\\node.exe C:\\npm\\qbo.js login", "login"],
    ["vim qbo", undefined],
    ["cat a b qbo login", undefined],
    ["node server.js login", undefined],
    ["node qbo LOGIN;x", undefined],
  ])("%s", (line, command) => expect(answers.readQboCommand(line.split(" "))).toBe(command));

  it("gives the program's name without its folder", () => {
    expect(answers.nameProgram(["/usr/sbin/nginx", "-g"])).toBe("nginx");
    expect(answers.nameProgram([])).toBeUndefined();
  });
});
