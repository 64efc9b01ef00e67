import { describe, expect, it } from "vitest";
import { signIn as consentElsewhere } from "../emulator/emulator-client.ts";
import { startEmulatedIntuit } from "../world/emulated-intuit.ts";

async function startWithTokens() {
  const intuit = await startEmulatedIntuit();
  const tokens = await consentElsewhere(intuit.emulator, { redirect_uri: intuit.redirectUri });
  return { ...intuit, tokens };
}

describe("qbo refresh --token-stdin", () => {
  const refresh = ["refresh", "--token-stdin", "--env", "emulator"] as const;

  it("hands the new tokens over, because no store holds them", async () => {
    const { qbo, world, tokens, control } = await startWithTokens();
    await control("policy", { rotateAfterSeconds: 0 });
    world.stdin = `${tokens.refresh_token}\n`;
    const outcome = await qbo(...refresh, "--json");
    expect(outcome.json()).toMatchObject({
      refreshed: 1,
      failed: 0,
      results: [{ connection: null, outcome: "refreshed" }],
    });
    const given = outcome.json<{ tokens: { refreshToken: string } }>().tokens;
    expect(Object.keys(given).toSorted()).toEqual([
      "accessToken",
      "accessTokenExpiresAt",
      "hardExpiresAt",
      "refreshToken",
      "refreshTokenExpiresAt",
    ]);
    world.stdin = given.refreshToken;
    const human = await qbo(...refresh);
    expect(JSON.parse(human.stdout)).toMatchObject({ accessToken: expect.any(String) });
    expect((await qbo("status", "--json")).json()).toEqual({ connections: [] });
  });

  it.each([
    [{ kind: "invalid-grant" }, "REFRESH_REJECTED", 4],
    [{ kind: "invalid-client" }, "CLIENT_REJECTED", 5],
    [{ kind: "outage" }, "INTUIT_BUSY", 6],
    [{ kind: "outage", status: 502 }, "REFRESH_UNCONFIRMED", 6],
    [{ kind: "lost-reply" }, "REFRESH_UNCONFIRMED", 6],
    [{ kind: "garbage", body: "[]" }, "INTUIT_UNEXPECTED_ANSWER", 5],
    [{ kind: "garbage", status: 400, body: '{"error":"invalid_request"}' }, "INTUIT_REJECTED", 5],
  ])("tells failures apart and sends once: %j", async (fault, code, exitCode) => {
    const { qbo, world, tokens, control, countRequests } = await startWithTokens();
    await control("faults", { ...fault, endpoint: "token", count: 0 });
    world.stdin = tokens.refresh_token;
    const failed = await qbo(...refresh, "--json");
    expect(failed.error()).toMatchObject({ code, exitCode });
    expect(failed.stderr).not.toContain(tokens.refresh_token);
    expect(await countRequests("/oauth2/v1/tokens/bearer")).toBe(2);
  });

  it("cannot know the environment, nor be about a connection", async () => {
    const { qbo, world, tokens } = await startWithTokens();
    world.stdin = tokens.refresh_token;
    for (const words of [[], ["acme", "--env", "emulator"], ["--all", "--env", "emulator"]]) {
      expect((await qbo("refresh", "--token-stdin", "--json", ...words)).error()).toMatchObject({ code: "USAGE" });
    }
  });
});

describe("what comes on stdin", () => {
  it.each([
    ["refresh", "--token-stdin"],
    ["whoami", "--token-stdin"],
    ["revoke", "--token-stdin", "--yes"],
    ["app", "set", "--client-id", "ABc123", "--client-secret-stdin"],
  ])("is refused by %s %s %s when it cannot be a secret", async (...words) => {
    const { qbo, world, countRequests } = await startEmulatedIntuit();
    for (const text of ["", "two words", "two\nlines", "a".repeat(20_000)]) {
      world.stdin = text;
      const failed = (await qbo(...words, "--env", "emulator", "--json")).error();
      expect(failed).toMatchObject({ code: "USAGE", exitCode: 2 });
      if (text !== "") expect(failed.message).not.toContain(text);
    }
    expect(await countRequests("/oauth2/v1/tokens/bearer")).toBe(0);
  });
});

describe("qbo whoami with tokens from elsewhere", () => {
  it("shows the person behind an access token", async () => {
    const { qbo, world, tokens } = await startWithTokens();
    world.stdin = tokens.access_token;
    const outcome = await qbo("whoami", "--token-stdin", "--env", "emulator", "--json");
    expect(outcome.json()).toMatchObject({ connection: null, givenName: "Robin", idToken: null });
    world.stdin = "made-up";
    expect((await qbo("whoami", "--token-stdin", "--env", "emulator", "--json")).error()).toMatchObject({
      code: "INTUIT_REJECTED",
    });
  });

  const validate = ["whoami", "--id-token-stdin", "--env", "emulator", "--json"] as const;

  it("validates an ID token", async () => {
    const { qbo, world, tokens, realms, emulator } = await startWithTokens();
    world.stdin = `${tokens.id_token}\n`;
    const valid = await qbo(...validate);
    expect(valid.exitCode).toBe(0);
    expect(valid.json()).toMatchObject({
      connection: null,
      email: null,
      idToken: {
        verified: true,
        issuer: `${emulator.baseUrl}/op/v1`,
        audience: ["qbo-emulator-client"],
        realmId: realms[0],
      },
    });
  });

  it.each(["bad-signature", "unknown-key", "wrong-issuer", "wrong-audience", "expired"])(
    "exits 5 for one with the defect %s",
    async (idTokenDefect) => {
      const { qbo, world, control, emulator, redirectUri } = await startEmulatedIntuit();
      await control("policy", { idTokenDefect });
      world.stdin = (await consentElsewhere(emulator, { redirect_uri: redirectUri })).id_token ?? "";
      const invalid = await qbo(...validate);
      expect(invalid.exitCode).toBe(5);
      expect(invalid.json()).toMatchObject({ idToken: { verified: false } });
    },
  );

  it.each(["not-a-token", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])("exits 5 for %j", async (text) => {
    const { qbo, world } = await startEmulatedIntuit();
    world.stdin = text;
    expect(await qbo(...validate)).toMatchObject({ exitCode: 5 });
  });

  it.each([
    ["", "stdin is empty"],
    ["\r\n ", "stdin is empty"],
    ["not a token", "not an ID token"],
    ["caf\u00e9", "not an ID token"],
    ["a\u001bb", "not an ID token"],
    ["a".repeat(16_385), "longer than 16384"],
  ])("refuses %j before anything is asked", async (text, message) => {
    const { qbo, world } = await startEmulatedIntuit();
    world.stdin = text;
    const failed = (await qbo(...validate)).error();
    expect(failed).toMatchObject({ code: "USAGE", exitCode: 2 });
    expect(failed.message).toContain(message);
  });

  it("takes one token at a time, and no connection", async () => {
    const { qbo } = await startEmulatedIntuit();
    for (const words of [
      ["--token-stdin", "--id-token-stdin"],
      ["acme", "--token-stdin"],
      ["acme", "--id-token-stdin"],
    ]) {
      expect((await qbo("whoami", "--json", ...words)).error()).toMatchObject({ code: "USAGE" });
    }
  });
});
