import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { QboError } from "../../src/core/errors.ts";
import type { CredentialStore, HeldTokens } from "../../src/core/store-ports.ts";
import { type EmulatedIntuit, startEmulatedIntuit } from "../world/emulated-intuit.ts";

const full = new QboError("STORE_UNAVAILABLE", "The disk is full.");
const globals = { json: false, quiet: true, verbose: false, debug: false, color: false, input: false };

/** From now on some of the work that is done under a connection's lock fails. */
async function breakStore({ world }: EmulatedIntuit, broken: Partial<HeldTokens>): Promise<() => void> {
  const store = await world.open(globals, () => undefined).openStore("file");
  const failing: CredentialStore = {
    ...store,
    exclusively: (id, work, wait) => store.exclusively(id, (held) => work({ ...held, ...broken }), wait),
  };
  Object.assign(world.replaced, { openStore: async () => failing });
  return () => {
    Reflect.deleteProperty(world.replaced, "openStore");
  };
}

describe("a store that fails", () => {
  it("before the request: Intuit is not asked", async () => {
    const intuit = await startEmulatedIntuit();
    await intuit.signIn(undefined, "--name", "acme");
    const mend = await breakStore(intuit, { checkWritable: () => Promise.reject(full) });
    expect((await intuit.qbo("refresh", "--json")).error()).toMatchObject({ code: "STORE_UNAVAILABLE", exitCode: 7 });
    expect((await intuit.effects()).refreshes).toBe(0);
    mend();
    expect((await intuit.qbo("refresh")).exitCode).toBe(0);
  });

  it("after the request: the new tokens are kept, sealed, and the next refresh brings them back", async () => {
    const intuit = await startEmulatedIntuit();
    const { qbo, world, effects, advance } = intuit;
    await intuit.control("policy", { rotateAfterSeconds: 0 });
    await intuit.signIn(undefined, "--name", "acme");
    const mend = await breakStore(intuit, { save: () => Promise.reject(full) });

    const failed = (await qbo("refresh", "--json")).error();
    expect(failed).toMatchObject({ code: "STORE_UNAVAILABLE", connection: "acme" });
    expect(failed.message).toContain("The disk is full.");
    const [place = ""] = /\S+\.json/.exec(failed.hint ?? "") ?? [];
    expect(place.startsWith(world.paths.rescue)).toBe(true);
    expect(readFileSync(place, "utf8")).not.toMatch(/access|refreshToken/);

    mend();
    const brought = await qbo("refresh");
    expect(brought).toMatchObject({ exitCode: 0 });
    expect(brought.stderr).toContain("were brought back");
    expect(() => readFileSync(place)).toThrow(/ENOENT/);
    expect((await qbo("status", "--json")).json()).toMatchObject({
      connections: [{ state: "ready", lastRefresh: { outcome: "ok" } }],
    });
    const { events } = (await qbo("history", "--json")).json<{ events: Record<"event" | "tokenAfter", string>[] }>();
    // Whoever asks later why a token was rejected finds each rotation.
    expect(events.slice(-2)).toMatchObject([{ event: "refresh-started" }, { event: "refreshed", outcome: "ok" }]);
    await advance(7200);
    expect((await qbo("token")).exitCode).toBe(0);
    expect((await effects()).rejectedRefreshes).toBe(0);
  });

  it("hides no newer tokens from a revocation", async () => {
    const intuit = await startEmulatedIntuit();
    const { qbo, world, control } = intuit;
    await control("policy", { rotateAfterSeconds: 0 });
    await intuit.signIn(undefined, "--name", "acme");
    await breakStore(intuit, { save: () => Promise.reject(full) });
    expect((await qbo("refresh", "--json")).error()).toMatchObject({ code: "STORE_UNAVAILABLE" });
    expect(readdirSync(world.paths.rescue)).toHaveLength(1);
    expect((await qbo("revoke", "--yes", "--json")).json()).toMatchObject({
      results: [{ remote: "revoked", local: "disconnected", error: null }],
    });
    const { events } = (await qbo("history", "--json")).json<{
      events: { event: string; tokenBefore: string | null; tokenAfter: string | null }[];
    }>();
    const stored = events.find(({ event }) => event === "code-exchanged")?.tokenAfter;
    const revoked = events.find(({ event }) => event === "revoked")?.tokenBefore;
    expect(revoked).toMatch(/./);
    expect(revoked).not.toBe(stored);
    expect(readdirSync(world.paths.rescue)).toEqual([]);
  });

  it("after a revocation: what Intuit did is told, and what is left to do", async () => {
    const intuit = await startEmulatedIntuit();
    const { qbo } = intuit;
    await intuit.signIn(undefined, "--name", "acme");
    await intuit.bringIn(1);
    const mend = await breakStore(intuit, { remove: () => Promise.reject(full) });
    const { results } = (await qbo("revoke", "--all", "--yes", "--json")).json<{ results: object[] }>();
    expect(results).toHaveLength(2);
    for (const result of results) {
      expect(result).toMatchObject({ remote: "revoked", local: "kept", error: { code: "STORE_UNAVAILABLE" } });
    }
    const failed = (await qbo("revoke", "acme", "--yes", "--json")).error();
    expect(failed.message).toContain("acme is revoked at Intuit, but its tokens are still here: The disk is full.");
    expect(failed.hint).toContain("qbo revoke acme --local-only");
    mend();
    expect((await qbo("revoke", "acme", "--yes", "--local-only")).exitCode).toBe(0);
  });

  it("that cannot be opened stops no other revocation", async () => {
    const intuit = await startEmulatedIntuit();
    const { qbo, world } = intuit;
    await intuit.signIn(undefined, "--name", "acme");
    await intuit.bringIn(1);
    const store = await world.open(globals, () => undefined).openStore("file");
    const stores = [() => Promise.reject(full)];
    Object.assign(world.replaced, { openStore: async () => stores.pop()?.() ?? store });
    const { results } = (await qbo("revoke", "--all", "--yes", "--json")).json<{ results: object[] }>();
    expect(results).toMatchObject([
      { remote: "failed", local: "kept", error: { code: "STORE_UNAVAILABLE" } },
      { remote: "revoked", local: "disconnected", error: null },
    ]);
  });

  it("after a first consent: the tokens are kept, sealed, and the first refresh brings them back", async () => {
    const intuit = await startEmulatedIntuit();
    const { qbo, effects } = intuit;
    const mend = await breakStore(intuit, { replace: () => Promise.reject(full) });
    const failed = (await qbo("login", "--env", "emulator", "--name", "acme", "--json")).error();
    expect(failed).toMatchObject({ code: "STORE_UNAVAILABLE", exitCode: 7 });
    expect(failed.message).toContain("Consent was given, but its tokens could not be stored: The disk is full.");
    expect(failed.hint).toContain("qbo refresh acme");
    const [place = ""] = /\S+\.json/.exec(failed.hint ?? "") ?? [];
    expect(readFileSync(place, "utf8")).not.toMatch(/access|refreshToken/);
    expect((await qbo("token", "acme", "--json")).error()).toMatchObject({ code: "STORE_UNAVAILABLE" });

    mend();
    const brought = await qbo("token", "acme");
    expect(brought).toMatchObject({ exitCode: 0 });
    expect(brought.stderr).toContain("were brought back");
    expect(() => readFileSync(place)).toThrow(/ENOENT/);
    expect((await qbo("refresh", "acme")).exitCode).toBe(0);
    expect(await effects()).toMatchObject({ exchanges: 1, rejectedRefreshes: 0 });
  });

  it("after a consent that reconnects: the new tokens win over those in the store", async () => {
    const intuit = await startEmulatedIntuit();
    const { qbo, control } = intuit;
    await intuit.signIn(undefined, "--name", "acme");
    const before = (await qbo("token", "acme")).stdout;
    const mend = await breakStore(intuit, { replace: () => Promise.reject(full) });
    const failed = (await qbo("login", "acme", "--json")).error();
    expect(failed.hint).toContain("qbo refresh acme");
    mend();
    const brought = await qbo("token", "acme");
    expect(brought).toMatchObject({ exitCode: 0 });
    expect(brought.stdout).not.toBe(before);
    await control("policy", { rotateAfterSeconds: 0 });
    expect((await qbo("refresh", "acme")).exitCode).toBe(0);
  });

  it("after a consent whose tokens nothing could keep: what is left to do is said", async () => {
    const intuit = await startEmulatedIntuit();
    const { qbo, world } = intuit;
    await breakStore(intuit, { replace: () => Promise.reject(full) });
    const rescue = { write: () => Promise.reject(full), read: async () => undefined, remove: async () => undefined };
    Object.assign(world.replaced, { rescue });
    const failed = (await qbo("login", "--env", "emulator", "--json")).error();
    expect(failed).toMatchObject({ code: "STORE_UNAVAILABLE" });
    expect(failed.hint).toContain("sign in again: qbo login --env emulator");
    expect(failed.hint).toContain("the consent stands at the emulator");
    expect(failed.hint).toContain("My Apps");
  });

  it("can be revoked although its tokens never reached it", async () => {
    const intuit = await startEmulatedIntuit();
    const { qbo, effects, world } = intuit;
    const mend = await breakStore(intuit, { replace: () => Promise.reject(full) });
    expect((await qbo("login", "--env", "emulator", "--name", "acme")).exitCode).toBe(7);
    mend();
    expect((await qbo("revoke", "acme", "--yes", "--json")).json()).toMatchObject({
      results: [{ remote: "revoked", local: "disconnected", error: null }],
    });
    expect((await effects()).revocations).toBe(1);
    expect(readdirSync(world.paths.rescue)).toEqual([]);
  });
});
