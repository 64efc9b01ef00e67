import { describe, expect, it } from "vitest";
import { firstRealm, get, signIn as consentElsewhere } from "../emulator/emulator-client.ts";
import { startEmulatedIntuit } from "../world/emulated-intuit.ts";
import { whileSaving } from "../world/while-saving.ts";

async function startSignedIn() {
  const intuit = await startEmulatedIntuit();
  await intuit.signIn(undefined, "--name", "acme");
  return intuit;
}

describe("qbo revoke", () => {
  it("revokes at Intuit, disconnects here, and keeps the name", async () => {
    const { qbo, emulator } = await startSignedIn();
    const token = (await qbo("token")).stdout.trim();
    const outcome = await qbo("revoke", "acme", "--yes");
    expect(outcome.exitCode).toBe(0);
    expect(outcome.stderr).toContain("Revoking acme (Copperleaf Garden Works, emulator)");
    expect(outcome.stdout).toContain("acme: revoked at Intuit, disconnected here");
    expect((await get(emulator, "/v1/openid_connect/userinfo", token)).status).toBe(401);
  });

  it.each([[["--forget"]], [[]]])("touches no connection that has got the name meanwhile: %j", async (words) => {
    const { qbo, world, control } = await startSignedIn();
    const { connections } = await control("seed", { connections: 1 });
    const [granted] = Array.isArray(connections) ? connections : [];
    world.stdin = JSON.stringify({ environment: "emulator", ...granted, name: "beta" });
    expect((await qbo("import", "--stdin", "--no-refresh")).exitCode).toBe(0);
    whileSaving(world, async () => {
      await qbo("rename", "acme", "renamed");
      await qbo("rename", "beta", "acme");
    });
    await qbo("revoke", "acme", "--yes", ...words);
    expect(await qbo("token", "acme")).toMatchObject({ exitCode: 0 });
  });

  it("knows a token that was dead already by the keys being right", async () => {
    const { qbo, control, emulator } = await startSignedIn();
    await control("disconnect", { realmId: firstRealm(emulator) });
    expect((await qbo("revoke", "acme", "--yes", "--json")).json()).toMatchObject({
      results: [{ remote: "already-dead", local: "disconnected", error: null }],
    });
  });

  it("keeps everything when the same answer means wrong keys", async () => {
    const { qbo, control } = await startSignedIn();
    const { stdout } = await qbo("token");
    await control("faults", { kind: "garbage", endpoint: "revoke", status: 400 });
    await control("faults", { kind: "invalid-client", endpoint: "token" });
    expect((await qbo("revoke", "acme", "--yes", "--json")).error()).toMatchObject({
      code: "CLIENT_REJECTED",
      exitCode: 5,
      connection: "acme",
    });
    expect((await qbo("token")).stdout).toBe(stdout);
  });

  it.each([
    { kind: "outage", endpoint: "token" },
    { kind: "garbage", endpoint: "token", body: "?" },
  ])("says neither when the keys cannot be checked: %j", async (fault) => {
    const { qbo, control } = await startSignedIn();
    await control("faults", { kind: "garbage", endpoint: "revoke", status: 400 });
    await control("faults", fault);
    const failed = (await qbo("revoke", "acme", "--yes", "--json")).error();
    expect(failed).toMatchObject({ code: "INTUIT_BUSY", exitCode: 6 });
    expect((await qbo("token")).exitCode).toBe(0);
  });

  it.each([
    [{ kind: "outage" }, "INTUIT_BUSY"],
    [{ kind: "dropped-request" }, "INTUIT_UNREACHABLE"],
    [{ kind: "redirect" }, "INTUIT_UNEXPECTED_ANSWER"],
    [{ kind: "garbage", status: 401 }, "CLIENT_REJECTED"],
  ])("keeps everything when Intuit fails: %j", async (fault, code) => {
    const { qbo, control } = await startSignedIn();
    const { stdout } = await qbo("token");
    await control("faults", { ...fault, endpoint: "revoke" });
    const failed = await qbo("revoke", "acme", "--yes", "--json");
    expect(failed.stdout).toBe("");
    expect(failed.error()).toMatchObject({ code, connection: "acme" });
    expect((await qbo("token")).stdout).toBe(stdout);
  });

  it("asks nothing of Intuit with --local-only", async () => {
    const { qbo, effects, countRequests } = await startSignedIn();
    expect((await qbo("revoke", "acme", "--local-only", "--yes", "--json")).json()).toMatchObject({
      results: [{ remote: "skipped", local: "disconnected" }],
    });
    expect(await countRequests("/v2/oauth2/tokens/revoke")).toBe(0);
    expect((await effects()).revocations).toBe(0);
    expect((await qbo("token")).exitCode).toBe(4);
  });

  it("leaves nothing behind with --forget", async () => {
    const { qbo } = await startSignedIn();
    expect((await qbo("revoke", "acme", "--forget", "--yes", "--json")).json()).toMatchObject({
      results: [{ remote: "revoked", local: "removed" }],
    });
    expect((await qbo("status", "--json")).json()).toEqual({ connections: [] });
    const { events } = (await qbo("history", "--json")).json<{
      events: { event: string; connection: string | null }[];
    }>();
    // What began before the company was known belongs to no connection.
    expect(events.map(({ event, connection }) => ({ event, connection }))).toEqual([
      { event: "login-started", connection: null },
    ]);
  });

  it("names the two other ways when no token is left", async () => {
    const { qbo, realms } = await startSignedIn();
    await qbo("revoke", "acme", "--local-only", "--yes");
    const outcome = await qbo("revoke", "acme", "--yes", "--json");
    expect(outcome.json()).toMatchObject({ results: [{ remote: "skipped", local: "disconnected", error: null }] });
    expect(outcome.stderr).toContain(`Search by Realm ID" → ${realms[0]} → Disconnect`);
    expect(outcome.stderr).toContain("My Apps → Disconnect");
  });

  it("does nothing without --yes where nobody can be asked", async () => {
    const { qbo, effects } = await startSignedIn();
    for (const words of [["acme"], ["--all"], ["acme", "--local-only"]]) {
      expect((await qbo("revoke", ...words, "--json")).error()).toMatchObject({ code: "INPUT_REQUIRED", exitCode: 2 });
    }
    expect((await effects()).revocations).toBe(0);
    expect((await qbo("token")).exitCode).toBe(0);
  });

  it("asks at a terminal, and for the number with --all", async () => {
    const { qbo, world, bringIn, effects } = await startSignedIn();
    await bringIn(2);
    world.script.isAttended = true;
    world.script.answers = [[/^Revoke acme \(Copperleaf Garden Works, emulator\)\?/, false]];
    expect((await qbo("revoke", "acme", "--json")).error()).toMatchObject({ code: "CANCELLED" });
    world.script.answers = [[/^Revoke 3 connections/, "2"]];
    expect((await qbo("revoke", "--all", "--json")).error()).toMatchObject({ code: "CANCELLED" });
    expect((await effects()).revocations).toBe(0);
    world.script.answers = [[/^Revoke and forget 3 connections/, " 3 "]];
    expect((await qbo("revoke", "--all", "--forget", "--json")).exitCode).toBe(0);
    expect((await qbo("status", "--json")).json()).toEqual({ connections: [] });
  });

  it("reports each of many and exits 8 when some failed", async () => {
    const { qbo, control, bringIn } = await startSignedIn();
    await bringIn(2);
    await control("faults", { kind: "outage", endpoint: "revoke", count: 1 });
    const outcome = await qbo("revoke", "--all", "--yes", "--json");
    expect(outcome.exitCode).toBe(8);
    const { results } = outcome.json<{ results: { remote: string; local: string }[] }>();
    expect(results.map(({ remote, local }) => `${remote} ${local}`).toSorted()).toEqual([
      "failed kept",
      "revoked disconnected",
      "revoked disconnected",
    ]);
  });

  it("says so when there is nothing to revoke", async () => {
    const { qbo } = await startEmulatedIntuit();
    const outcome = await qbo("revoke", "--all", "--yes");
    expect(outcome).toMatchObject({ exitCode: 0, stdout: "Nothing was revoked: no connection fits.\n" });
  });

  it("reports what was done before it was interrupted", async () => {
    const { qbo, world, effects } = await startSignedIn();
    world.interruption.abort();
    const outcome = await qbo("revoke", "--all", "--yes", "--json");
    expect(outcome.exitCode).toBe(130);
    expect(outcome.json()).toEqual({ results: [] });
    expect(outcome.error()).toMatchObject({ code: "CANCELLED" });
    expect((await effects()).revocations).toBe(0);
  });

  it("names the way that does without Intuit when Intuit cannot be reached", async () => {
    const { qbo, control } = await startSignedIn();
    await control("faults", { kind: "dropped-request", endpoint: "revoke" });
    expect((await qbo("revoke", "acme", "--yes", "--json")).error().hint).toContain("qbo revoke acme --local-only");
  });

  it("waits where Intuit throttles, and tries again", async () => {
    const { qbo, control, bringIn, effects } = await startSignedIn();
    await bringIn(2);
    await control("faults", { kind: "throttle", endpoint: "revoke", retryAfter: 5, count: 2 });
    const outcome = await qbo("revoke", "--all", "--yes", "--concurrency", "1");
    expect(outcome.exitCode).toBe(0);
    expect(outcome.stdout).toContain("3 disconnected here, 0 failed");
    expect((await effects()).revocations).toBe(3);
  });

  it("revokes a token on stdin that no store holds", async () => {
    const { qbo, world, emulator, redirectUri, effects } = await startEmulatedIntuit();
    const tokens = await consentElsewhere(emulator, { redirect_uri: redirectUri });
    world.stdin = `${tokens.refresh_token}\n`;
    const revoke = () => qbo("revoke", "--token-stdin", "--env", "emulator", "--yes", "--json");
    const expected = { connection: null, local: "kept", error: null };
    expect((await revoke()).json()).toEqual({ results: [{ ...expected, remote: "revoked" }] });
    expect((await revoke()).json()).toEqual({ results: [{ ...expected, remote: "already-dead" }] });
    expect((await effects()).revocations).toBe(1);
  });

  it("revokes no token on stdin without --yes, nor one that cannot be a token", async () => {
    const { qbo, world, effects } = await startEmulatedIntuit();
    const revoke = (...words: string[]) => qbo("revoke", "--token-stdin", "--env", "emulator", "--json", ...words);
    world.stdin = "RT1-made-up";
    world.script.isAttended = true;
    expect((await revoke()).error()).toMatchObject({ code: "INPUT_REQUIRED" });
    for (const word of ["--local-only", "--forget", "--all"])
      expect((await revoke("--yes", word)).error()).toMatchObject({ code: "USAGE" });
    for (const text of ["", " \n", "two words", "a\nb", "\u00e9", "a".repeat(16_385)]) {
      world.stdin = text;
      expect((await revoke("--yes")).error()).toMatchObject({ code: "USAGE" });
    }
    expect((await effects()).revocations).toBe(0);
  });

  it("notes that it began and how it ended, also where Intuit failed", async () => {
    const { qbo, control } = await startSignedIn();
    const list = async () => {
      const { events } = (await qbo("history", "--json")).json<{
        events: { event: string; outcome: string | null }[];
      }>();
      return events.flatMap(({ event, outcome }) => (event === "revoked" ? [outcome] : []));
    };
    await control("faults", { kind: "outage", endpoint: "revoke", count: 1 });
    await qbo("revoke", "acme", "--yes");
    expect(await list()).toEqual(["started", "failed"]);
    await control("faults", { kind: "lost-reply", endpoint: "revoke", count: 1 });
    await qbo("revoke", "acme", "--yes");
    expect(await list()).toEqual(["started", "failed", "started", "unconfirmed"]);
    await qbo("revoke", "acme", "--yes");
    expect((await list()).slice(4)).toEqual(["started", "already-dead"]);
  });

  it("says once that others may lose access, also with --yes and --all, unless Intuit is not asked", async () => {
    const { qbo, bringIn } = await startSignedIn();
    await bringIn(2);
    const count = ({ stderr }: { stderr: string }) => stderr.split("may lose access").length - 1;
    expect(count(await qbo("revoke", "c1", "--yes", "--local-only"))).toBe(0);
    expect(count(await qbo("revoke", "c2", "--yes"))).toBe(1);
    expect(count(await qbo("revoke", "--all", "--yes"))).toBe(1);
  });

  it("leaves no default behind that is forgotten", async () => {
    const { qbo, bringIn } = await startSignedIn();
    await bringIn(1);
    await qbo("use", "acme");
    await qbo("revoke", "--yes", "--forget");
    expect((await qbo("status", "c1", "--json")).exitCode).toBe(0);
    expect((await qbo("use", "c1")).exitCode).toBe(0);
    await qbo("revoke", "c1", "--yes", "--forget");
    expect((await qbo("token", "--json")).error().message).toMatch(/^There is no connection yet\./);
  });
});
