import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { QboError } from "../../src/core/errors.ts";
import type { CheckReport } from "../../src/flows/diagnose/examine.ts";
import { startEmulatedIntuit } from "../world/emulated-intuit.ts";
import type { TestWorld } from "../world/test-world.ts";

type Report = { connection: string | null; checks: CheckReport[] };

function configure({ paths }: TestWorld, text: string): void {
  mkdirSync(paths.config, { recursive: true });
  writeFileSync(join(paths.config, "config.json"), text);
}

async function startConnected() {
  const intuit = await startEmulatedIntuit();
  await intuit.bringIn(1);
  const look = async (...words: string[]) => {
    const outcome = await intuit.qbo("doctor", "--offline", "--json", ...words);
    const report = outcome.json<Report>();
    return {
      ...report,
      exitCode: outcome.exitCode,
      check: (id: string) => report.checks.find((each) => each.id === id),
    };
  };
  return { ...intuit, look };
}

describe("settings that cannot be used", () => {
  it("fail a check that names file, key and line, and stop none of the others", async () => {
    const { world, look } = await startConnected();
    configure(world, '{\n  "minValidity": "soon"\n}\n');
    const found = await look();
    expect(found).toMatchObject({ exitCode: 3, connection: "c1" });
    expect(found.checks).toHaveLength(18);
    const { detail, status } = found.check("app-configured") ?? {};
    expect([status, detail]).toEqual(["fail", expect.stringMatching(/config\.json.*line 2.*"minValidity"/)]);
    expect(found.check("store-access")?.status).toBe("ok");
  });

  it.each([
    ["QBO_ENV", "no such name"],
    ["QBO_CLIENT_ID", "a b"],
  ])("are told when they come from %s", async (name, value) => {
    const { world, look } = await startConnected();
    world.env[name] = value;
    const found = await look();
    expect([found.exitCode, found.check("app-configured")]).toEqual([
      3,
      expect.objectContaining({ status: "fail", detail: expect.stringContaining(name) }),
    ]);
  });

  it("are told of an environment that nobody defined, before anything is connected", async () => {
    const { qbo } = await startEmulatedIntuit();
    const found = await qbo("doctor", "--env", "nowhere", "--json");
    expect([found.exitCode, found.stdout]).toEqual([3, expect.stringContaining("no environment named nowhere")]);
  });

  it("include a store that is none, whatever store the connection has", async () => {
    const { world, look } = await startConnected();
    world.env["QBO_STORE"] = "keychian";
    const found = await look();
    expect([found.exitCode, found.check("store-access")]).toEqual([
      7,
      expect.objectContaining({ status: "fail", detail: expect.stringMatching(/keychian.*QBO_STORE/) }),
    ]);
  });

  it("include a state folder in which nothing is", async () => {
    const { world, qbo } = await startConnected();
    const typo = join(world.folder, "stat");
    Object.assign(world.paths, { connections: join(typo, "connections") });
    world.env["QBO_STATE_DIR"] = typo;
    const status = await qbo("status");
    expect(status).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining(`${typo}, which QBO_STATE_DIR names`),
    });
    expect((await qbo("token", "--json")).error().message).toContain(typo);
  });
});

describe("what cannot be mended", () => {
  it("is told, and the rest is looked at all the same", async () => {
    const { world, look } = await startConnected();
    world.env["QBO_REDIRECT_URI"] = "https://localhost:8722/callback";
    mkdirSync(world.paths.certificates, { recursive: true });
    for (const file of ["callback.pem", "localhost.pem", "callback-key.pem", "localhost.key"])
      writeFileSync(join(world.paths.certificates, file), "x");
    const before = (await look()).check("certificate");
    const certificates = async () => {
      throw new QboError("CERTIFICATE_UNUSABLE", "It cannot be written.", { hint: "Make room." });
    };
    Object.assign(world.replaced, { certificates });
    const found = await look("--fix");
    expect(found.checks).toHaveLength(18);
    expect(before?.status).toBe("warn");
    expect(found.check("certificate")).toMatchObject({
      status: "warn",
      detail: expect.stringContaining("It cannot be written."),
      fix: "Make room.",
    });
  });
});
