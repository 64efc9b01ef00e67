import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { RunTool } from "../../../src/adapters/trust-store/run-tool.ts";
import { createTrustStore } from "../../../src/adapters/trust-store/trust-store.ts";
import { makeForeignLocalhost, makePair } from "../certificate/own-files.ts";
import { type Held, playSecurity, playWindows } from "./played-tools.ts";

let leaf = "";
let older = "";
let foreign: string[] = [];

beforeAll(async () => {
  [leaf, older] = [(await makePair("localhost")).certificate, (await makePair("localhost")).certificate];
  const folder = mkdtempSync(join(tmpdir(), "qbo-foreign-"));
  foreign = [(await makePair("somebody.example.com")).certificate, makeForeignLocalhost(folder)];
  rmSync(folder, { recursive: true });
});

const ok = () => ({ exitCode: 0, stdout: "", stderr: "" });
const fail = (exitCode: number, stderr: string) => ({ exitCode, stdout: "", stderr });

describe.each([
  ["darwin", playSecurity],
  ["win32", playWindows],
] as const)("on %s", (platform, play) => {
  it("trusts the leaf once, finds it again, and takes exactly qbo's own out", async () => {
    const held: Held[] = [...foreign, older].map((pem) => ({ pem, isTrusted: true }));
    const store = createTrustStore({ platform, env: {}, home: "/Users/me", run: play(held) });
    const { fingerprint256 } = new X509Certificate(leaf);
    expect(await store.inspect(fingerprint256)).toMatchObject([{ isTrusted: false, otherLeaves: 1, reason: null }]);
    expect(await store.trust(leaf)).toMatchObject([{ isTrusted: true, otherLeaves: 1, reason: null }]);
    const once = [...held];
    expect(await store.trust(leaf)).toMatchObject([{ isTrusted: true, otherLeaves: 1, reason: null }]);
    // Not taken out and put in again: the system may ask for a password each time.
    expect(held.map((entry, index) => entry === once[index])).toEqual([true, true, true, true]);
    expect(await store.untrust(new X509Certificate(older).fingerprint256)).toMatchObject([{ removed: 1 }]);
    expect(await store.inspect(fingerprint256)).toMatchObject([{ isTrusted: true, otherLeaves: 0 }]);
    expect(await store.untrust(null)).toMatchObject([{ removed: 1, reason: null }]);
    expect(held.map(({ pem }) => pem)).toEqual(foreign);
  });

  it("says so when the system refuses, and does not claim to know", async () => {
    const run: RunTool = async () => fail(1, "The authorization was canceled by the user.");
    const store = createTrustStore({ platform, env: {}, home: "/Users/me", run });
    const refusal = { code: "CERTIFICATE_UNUSABLE", message: expect.stringContaining("canceled by the user") };
    await expect(store.trust(leaf)).rejects.toMatchObject(refusal);
    await expect(store.untrust(null)).rejects.toMatchObject(refusal);
    expect(await store.inspect(null)).toMatchObject([{ isTrusted: null, reason: refusal.message }]);
  });
});

it("does not believe a tool that says yes and does nothing", async () => {
  const run: RunTool = async () => ok();
  const store = createTrustStore({ platform: "win32", env: {}, home: "/Users/me", run });
  await expect(store.trust(leaf)).rejects.toThrow("took the certificate, and does not trust it");
});

it("does not believe a tool that only says that it took something out", async () => {
  const held = [{ pem: older, isTrusted: true }];
  const play = playWindows(held);
  const run: RunTool = async (program, words) => (words.includes("-delstore") ? ok() : play(program, words));
  const store = createTrustStore({ platform: "win32", env: {}, home: "/Users/me", run });
  await expect(store.untrust(null)).rejects.toThrow("still holds 1 of qbo's certificates");
});
