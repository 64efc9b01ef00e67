import { describe, expect, it } from "vitest";
import { fingerprint } from "../../src/core/fingerprint.ts";
import { Secret } from "../../src/core/secret.ts";
import { signIn as consentElsewhere } from "../emulator/emulator-client.ts";
import { startEmulatedIntuit, type EmulatedIntuit } from "../world/emulated-intuit.ts";

interface Event {
  event: string;
  outcome: string | null;
  connection: string | null;
  tokenBefore: string | null;
  tokenAfter: string | null;
  intuitTid: string | null;
}

async function readEvents({ qbo }: Pick<EmulatedIntuit, "qbo">): Promise<Event[]> {
  return (await qbo("history", "--json")).json<{ events: Event[] }>().events;
}

describe("the journal", () => {
  it("has Intuit's transaction ID of a revocation", async () => {
    const intuit = await startEmulatedIntuit();
    await intuit.signIn(undefined, "--name", "acme");
    await intuit.qbo("revoke", "acme", "--yes");
    const [started, revoked] = (await readEvents(intuit)).filter(({ event }) => event === "revoked");
    expect([started, revoked]).toMatchObject([
      { outcome: "started", intuitTid: null },
      { outcome: "revoked", intuitTid: expect.stringMatching(/./) },
    ]);
  });

  it("tells of a token that no store holds: refreshed, rejected, revoked", async () => {
    const intuit = await startEmulatedIntuit();
    const { qbo, world, control } = intuit;
    const tokens = await consentElsewhere(intuit.emulator, { redirect_uri: intuit.redirectUri });
    const given = fingerprint(new Secret(tokens.refresh_token));
    world.stdin = tokens.refresh_token;
    const ofToken = ["--token-stdin", "--env", "emulator"];
    await qbo("refresh", ...ofToken);
    await control("faults", { kind: "invalid-grant", endpoint: "token", count: 1 });
    await qbo("refresh", ...ofToken);
    await qbo("revoke", ...ofToken, "--yes");
    const tid = expect.stringMatching(/./);
    const events = (await readEvents(intuit)).filter(({ tokenBefore }) => tokenBefore === given);
    expect(events).toMatchObject([
      { event: "refresh-started", connection: null },
      { event: "refreshed", outcome: "ok", tokenAfter: expect.stringMatching(/^[0-9a-f]{12}$/), intuitTid: tid },
      { event: "refresh-started" },
      { event: "refresh-rejected", outcome: "rejected", intuitTid: tid },
      { event: "revoked", outcome: "started", connection: null },
      { event: "revoked", outcome: "revoked", intuitTid: tid },
    ]);
  });

  it.each([
    ["revoked", undefined],
    ["failed", { kind: "outage", endpoint: "revoke", count: 0 }],
  ])("tells of a consent for another company that was to be given back: %s", async (outcome, fault) => {
    const intuit = await startEmulatedIntuit();
    const { realms, signIn, control, qbo } = intuit;
    await signIn(realms[0], "--name", "acme");
    await control("auto-approve", { autoApprove: realms[1] });
    if (fault) await control("faults", fault);
    const wrong = (await qbo("login", "acme", "--json")).error();
    expect(wrong.message).toContain(fault ? "could not be given back" : "was given back");
    const events = (await readEvents(intuit)).filter(({ event }) => event === "revoked");
    expect(events).toMatchObject([{ outcome: "started" }, { outcome }]);
    for (const { connection } of events) expect(connection).toContain(`/${realms[1]}`);
  });
});

describe("qbo history", () => {
  it("calls a code a code, and a token a token", async () => {
    const { qbo, signIn } = await startEmulatedIntuit();
    await signIn(undefined, "--name", "acme");
    const { stdout } = await qbo("history");
    expect(stdout).toMatch(/consent came back {2}code [0-9a-f]{12}(?! →)/);
    expect(stdout).toMatch(/code exchanged {2}code [0-9a-f]{12} {2}token [0-9a-f]{12}/);
    expect((await qbo("history", "--limit", "2")).stdout).toMatch(/^1 earlier event is not shown/);
    expect((await qbo("history", "--limit", "1")).stdout).toMatch(/^2 earlier events are not shown/);
  });

  it("does not guess the unit of a time", async () => {
    const { qbo } = await startEmulatedIntuit();
    const refused = (await qbo("history", "--since", "5", "--json")).error();
    expect(refused).toMatchObject({ code: "USAGE", hint: "Add the unit: 5s, 5m, 5h, 5d." });
    expect((await qbo("history", "--since", "5h")).exitCode).toBe(0);
  });
});

describe("a new sign-in", () => {
  it("was not used before it was made", async () => {
    const { qbo, signIn, advance } = await startEmulatedIntuit();
    await signIn(undefined, "--name", "acme");
    await qbo("refresh", "acme");
    await advance(60);
    await qbo("login", "acme");
    const { connections } = (await qbo("status", "--json")).json<{ connections: object[] }>();
    expect(connections).toMatchObject([{ name: "acme", lastUsedAt: null }]);
  });
});
