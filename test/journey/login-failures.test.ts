import { createServer, type Server } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { startEmulatedIntuit } from "../world/emulated-intuit.ts";
import { consentAtOnce } from "../world/following-browser.ts";

/** Changes the address of the callback as a stranger, or the server, could. */
const answerWith = (change: (callback: URL) => void) => async (authorizationUrl: string) => {
  const callback = new URL((await consentAtOnce(authorizationUrl)) ?? "");
  change(callback);
  return callback.href;
};

const refuse = (error: string) =>
  answerWith(({ searchParams }) => {
    searchParams.delete("code");
    searchParams.delete("realmId");
    searchParams.set("error", error);
  });

describe("a sign-in that comes to nothing", () => {
  it.each([
    ["access_denied", "AUTHORIZATION_DENIED", 4],
    ["invalid_scope", "INTUIT_REJECTED", 5],
    ["server_error", "AUTHORIZATION_FAILED", 4],
  ])("tells that Intuit answered %s", async (error, code, exitCode) => {
    const { qbo, world, effects } = await startEmulatedIntuit();
    world.consent = refuse(error);
    const failed = await qbo("login", "--env", "emulator", "--json");
    expect(failed).toMatchObject({ exitCode, stdout: "" });
    expect(failed.error()).toMatchObject({ code, intuitError: error });
    expect(await world.visits[0]?.page).toContain(code === "AUTHORIZATION_DENIED" ? "Not connected" : "failed");
    expect((await effects()).exchanges).toBe(0);
    expect((await qbo("status", "--json")).json()).toEqual({ connections: [] });
  });

  it("times out when nothing comes back, and says what a redirect mismatch looks like", async () => {
    const { qbo, world, redirectUri } = await startEmulatedIntuit();
    world.consent = async () => undefined;
    const failed = await qbo("login", "--env", "emulator", "--timeout", "5", "--json");
    expect(failed.error()).toMatchObject({ code: "LOGIN_TIMED_OUT", exitCode: 4 });
    expect(failed.error().hint).toContain(redirectUri);
  });

  it("tells after 30 s of silence what a redirect mismatch looks like, and goes on waiting", async () => {
    const { qbo, world, advance, redirectUri } = await startEmulatedIntuit();
    world.consent = async (authorizationUrl) => {
      await advance(31);
      return consentAtOnce(authorizationUrl);
    };
    const outcome = await qbo("login", "--env", "emulator");
    expect(outcome.exitCode).toBe(0);
    expect(outcome.stderr).toContain(`qbo emulator --redirect-uri ${redirectUri}`);
  });

  it("is not ended by a wrong state, nor by a forged error", async () => {
    const { qbo, world, effects } = await startEmulatedIntuit();
    world.consent = async (authorizationUrl) => {
      for (const forged of ["?error=access_denied", "?error=access_denied&state=x", "?code=stolen&realmId=1&state=x"]) {
        const { status } = await fetch(`${new URL(authorizationUrl).searchParams.get("redirect_uri")}${forged}`);
        expect(status).toBe(400);
      }
      return consentAtOnce(authorizationUrl);
    };
    expect((await qbo("login", "--env", "emulator")).exitCode).toBe(0);
    expect((await effects()).exchanges).toBe(1);
  });

  it("fails when Intuit does not name the company", async () => {
    const { qbo, world } = await startEmulatedIntuit();
    world.consent = answerWith(({ searchParams }) => searchParams.delete("realmId"));
    expect((await qbo("login", "--env", "emulator", "--json")).error()).toMatchObject({ code: "AUTHORIZATION_FAILED" });
    expect((await qbo("status", "--json")).json()).toEqual({ connections: [] });
  });

  it.each([
    [{ kind: "invalid-grant" }, "AUTHORIZATION_FAILED"],
    [{ kind: "invalid-client" }, "CLIENT_REJECTED"],
    [{ kind: "outage", endpoint: "token" }, "INTUIT_BUSY"],
    [{ kind: "outage", endpoint: "token", status: 504 }, "INTUIT_UNREACHABLE"],
    [{ kind: "lost-reply", endpoint: "token" }, "INTUIT_UNREACHABLE"],
    [{ kind: "garbage", endpoint: "token", body: "<html>" }, "INTUIT_UNEXPECTED_ANSWER"],
    [{ kind: "garbage", endpoint: "token", body: '{"error":"invalid_request"}', status: 400 }, "INTUIT_REJECTED"],
  ])("exchanges the code once, whatever comes back: %j", async (fault, code) => {
    const { qbo, control, countRequests } = await startEmulatedIntuit();
    await control("faults", { ...fault, count: 5 });
    expect((await qbo("login", "--env", "emulator", "--json")).error()).toMatchObject({ code });
    expect(await countRequests("/oauth2/v1/tokens/bearer")).toBe(1);
    expect((await qbo("status", "--json")).json()).toEqual({ connections: [] });
  });

  it("finds the port taken before it sends anybody to a browser", async () => {
    const { qbo, world, redirectUri } = await startEmulatedIntuit();
    const other = await occupy(Number(new URL(redirectUri).port));
    onTestFinished(() => void other.close());
    const failed = await qbo("login", "--env", "emulator", "--json");
    expect(failed.error()).toMatchObject({ code: "CALLBACK_PORT_IN_USE", exitCode: 7 });
    expect(world.visits).toEqual([]);
  });

  it.each([
    [["--scopes", "openid"], "USAGE", 2],
    [["--redirect-uri", "https://app.example.com/callback"], "CONFIG_INVALID", 3],
    [["--redirect-uri", "https://localhost:8722/callback?x=1"], "CONFIG_INVALID", 3],
    [["--listen", "localhost:8722"], "USAGE", 2],
    [["--timeout", "0"], "USAGE", 2],
    [["--store", "cupboard"], "CONFIG_INVALID", 3],
  ])("refuses %j before it opens anything", async (words, code, exitCode) => {
    const { qbo, world } = await startEmulatedIntuit();
    const failed = await qbo("login", "--env", "emulator", "--json", ...words);
    expect(failed.error()).toMatchObject({ code, exitCode });
    expect(world.visits).toEqual([]);
  });

  it("leaves an interrupted sign-in without a trace", async () => {
    const { qbo, world } = await startEmulatedIntuit();
    world.consent = async () => {
      world.interruption.abort();
      return undefined;
    };
    expect((await qbo("login", "--env", "emulator", "--json")).error()).toMatchObject({
      code: "CANCELLED",
      exitCode: 130,
    });
    world.interruption = new AbortController();
    expect((await qbo("status", "--json")).json()).toEqual({ connections: [] });
  });

  it.each(["bad-signature", "wrong-issuer", "wrong-audience", "expired", "unknown-key"])(
    "loses no grant over an ID token with the defect %s",
    async (idTokenDefect) => {
      const { qbo, control, signIn } = await startEmulatedIntuit();
      await control("policy", { idTokenDefect });
      const outcome = await signIn();
      expect(outcome.stderr).toContain("could not be verified");
      expect((await qbo("whoami", "--json")).json()).toMatchObject({ idToken: { verified: false } });
      expect((await qbo("token")).exitCode).toBe(0);
    },
  );
});

async function occupy(port: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen({ host: "127.0.0.1", port }, resolve));
  return server;
}
