import { describe, expect, it } from "vitest";
import { startEmulatedIntuit, type EmulatedIntuit } from "../world/emulated-intuit.ts";
import { consentAtOnce } from "../world/following-browser.ts";

const elsewhere = "https://connect.example.com/callback";

/** A person at the terminal, whose browser ends on a page that is nowhere; `change` makes of its address what is pasted. */
async function startWithPaste(
  change: (callback: string, authorizationUrl: string) => string[],
): Promise<EmulatedIntuit> {
  const intuit = await startEmulatedIntuit({ production: true, redirectUris: [elsewhere] });
  const { world } = intuit;
  world.env["QBO_REDIRECT_URI"] = elsewhere;
  world.script.isAttended = true;
  world.consent = async (authorizationUrl) => {
    const callback = (await consentAtOnce(authorizationUrl)) ?? "";
    world.script.pasted.put(...change(callback, authorizationUrl));
    return undefined;
  };
  return intuit;
}

/** A copy that ends in the digits of the company's number, which Intuit puts last. */
const cutRealm = (callback: string) => callback.replace(/(realmId=\d+)\d{4}(?=&|$)/, "$1");

const login = ["login", "--env", "emulator", "--paste"];

describe("qbo login --paste", () => {
  it("takes the address where the browser ended, and opens no port", async () => {
    const { qbo, world, effects, realms } = await startWithPaste((callback) => [callback]);
    Object.assign(world.replaced, { callbackServer: () => Promise.reject(new Error("nothing may listen")) });
    const outcome = await qbo(...login, "--name", "acme", "--json");
    expect(outcome.exitCode).toBe(0);
    expect(outcome.json()).toMatchObject({ reconnected: false, connection: { name: "acme", realmId: realms[0] } });
    expect(outcome.stderr).toContain(`the browser goes to ${elsewhere}`);
    expect((await effects()).exchanges).toBe(1);
    expect((await qbo("token")).exitCode).toBe(0);
  });

  it("explains each wrong paste, loses nothing by it, and takes the right one afterwards", async () => {
    const { qbo, effects } = await startWithPaste((callback, authorizationUrl) => [
      "the page cannot be found",
      authorizationUrl,
      callback.replace("connect.", "other."),
      callback.replace("/callback", "/elsewhere"),
      callback.replace(/state=[^&]*/, `state=${"0".repeat(64)}`),
      callback.slice(0, callback.indexOf("state=") + 20),
      `${elsewhere}?error=access_denied&state=${new URL(callback).searchParams.get("state") ?? ""}`,
      `${callback}&code=another`,
      callback + "x".repeat(9000),
      `"${callback.replaceAll("&", "&amp;")}"`,
    ]);
    const outcome = await qbo(...login);
    expect(outcome.exitCode).toBe(0);
    const told = [
      "That is no address.",
      "That is the address of the consent page",
      "That address is of another page.",
      "That address is of another page.",
      "That is the answer to another sign-in",
      "The end of that address is missing.",
      "Consent was not given: the request was declined in the browser. To try again, open the address above once more.",
      "That address holds no usable authorization code.",
      "That is far longer than the address can be.",
    ];
    const lines = outcome.stderr.split("\n");
    const found = told.map((text) => lines.findIndex((line) => line.startsWith(text)));
    expect(found.filter((index) => index === -1)).toEqual([]);
    expect(lines.filter((line) => /paste again|once more/.test(line))).toHaveLength(told.length);
    expect((await effects()).exchanges).toBe(1);
    expect(outcome.stderr).not.toMatch(/[?&]code=(?!…)/);
  });

  it("needs a terminal, and says what works without one", async () => {
    const { qbo, world } = await startEmulatedIntuit();
    const refused = await qbo(...login, "--json");
    expect(refused.error()).toMatchObject({ code: "INPUT_REQUIRED", exitCode: 2 });
    expect(refused.error().hint).toContain("qbo login --env emulator --start");
    expect(refused.error().hint).toContain("qbo login --finish -");
    expect(world.visits).toEqual([]);
  });

  it("refuses another company, as over the network", async () => {
    const { qbo, control, realms } = await startWithPaste((callback) => [callback]);
    expect((await qbo(...login, "--name", "acme")).exitCode).toBe(0);
    await control("auto-approve", { autoApprove: realms[1] });
    expect((await qbo("login", "acme", "--paste", "--json")).error()).toMatchObject({ code: "WRONG_COMPANY" });
  });

  it("keeps the whole realm ID when the end of a paste is missing in its digits", async () => {
    const { qbo, realms } = await startWithPaste((callback) => [cutRealm(callback)]);
    const outcome = await qbo(...login, "--name", "acme", "--json");
    expect(outcome.json()).toMatchObject({ connection: { name: "acme", realmId: realms[0] } });
    expect(outcome.stderr).toContain("The realm ID in the address was cut off");
    expect((await qbo("companyinfo")).exitCode).toBe(0);
  });

  it("takes no cut realm ID for another company when it reconnects, and spends no code on it", async () => {
    const answers = { whole: true };
    const { qbo, effects, realms } = await startWithPaste((callback) =>
      answers.whole ? [callback] : [cutRealm(callback), callback],
    );
    expect((await qbo(...login, "--name", "acme")).exitCode).toBe(0);
    answers.whole = false;
    const outcome = await qbo("login", "acme", "--paste", "--json");
    expect(outcome.stderr).toContain("The end of that address is missing.");
    expect(outcome.json()).toMatchObject({ reconnected: true, connection: { realmId: realms[0] } });
    expect(await effects()).toMatchObject({ exchanges: 2, revocations: 0 });
  });

  it("says that calls are refused when nothing but a cut realm ID names the company", async () => {
    const { qbo } = await startWithPaste((callback) => [cutRealm(callback)]);
    const outcome = await qbo(...login, "--scopes", "com.intuit.quickbooks.accounting");
    expect(outcome.exitCode).toBe(0);
    expect(outcome.stderr).toContain("If that is not its whole number, sign in again");
  });

  it("says how to keep a redirect URI that was given for this sign-in alone", async () => {
    const { qbo, world } = await startWithPaste((callback) => [callback]);
    delete world.env["QBO_REDIRECT_URI"];
    world.stdin = "qbo-emulator-secret";
    const keys = ["--client-id", "qbo-emulator-client", "--client-secret-stdin"];
    expect((await qbo("app", "set", "--env", "emulator", ...keys)).exitCode).toBe(0);
    const given = await qbo(...login, "--name", "acme", "--redirect-uri", elsewhere);
    const [, words = ""] = /To keep this redirect URI for the next sign-in: qbo (.+)/.exec(given.stderr) ?? [];
    expect((await qbo(...words.split(" "))).exitCode).toBe(0);
    const again = await qbo("login", "acme", "--paste");
    expect(again.stderr).toContain(`redirect URI  ${elsewhere}`);
    expect(again).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining("To keep this") });
  });

  it("times out and can be interrupted", async () => {
    const { qbo, world } = await startWithPaste(() => []);
    expect((await qbo(...login, "--timeout", "5", "--json")).error()).toMatchObject({ code: "LOGIN_TIMED_OUT" });
    world.consent = async () => {
      world.interruption.abort();
      return undefined;
    };
    expect((await qbo(...login, "--json")).error()).toMatchObject({ code: "CANCELLED", exitCode: 130 });
  });
});

describe("an ordinary sign-in at a terminal", () => {
  it("takes a paste while it listens", async () => {
    const { qbo, world, effects } = await startEmulatedIntuit();
    world.script.isAttended = true;
    world.consent = async (authorizationUrl) => {
      world.script.pasted.put((await consentAtOnce(authorizationUrl)) ?? "");
      return undefined;
    };
    const outcome = await qbo("login", "--env", "emulator");
    expect(outcome.exitCode).toBe(0);
    expect(outcome.stderr).toContain("copy the address where it ends");
    expect((await effects()).exchanges).toBe(1);
  });

  it("exchanges once when the answer comes both ways", async () => {
    const { qbo, world, effects } = await startEmulatedIntuit();
    world.script.isAttended = true;
    world.consent = async (authorizationUrl) => {
      const callback = (await consentAtOnce(authorizationUrl)) ?? "";
      world.script.pasted.put(callback, callback);
      return callback;
    };
    expect((await qbo("login", "--env", "emulator")).exitCode).toBe(0);
    expect((await effects()).exchanges).toBe(1);
  });

  it("goes on with a paste when the redirect does not lead to this machine", async () => {
    const { qbo } = await startWithPaste((callback) => [callback]);
    const outcome = await qbo("login", "--env", "emulator");
    expect(outcome.exitCode).toBe(0);
    expect(outcome.stderr).toContain("is not on this machine");
    expect(outcome.stderr).toContain("So paste the address where the browser ends.");
  });

  it("without a terminal names every way in instead", async () => {
    const { qbo, world } = await startWithPaste(() => []);
    world.script.isAttended = false;
    const { code, hint } = (await qbo("login", "--env", "emulator", "--json")).error();
    expect(code).toBe("CONFIG_INVALID");
    for (const way of ["--listen", "--paste", "--start"]) expect(hint).toContain(way);
  });
});

describe("a redirect URI that Intuit refuses for production keys", () => {
  const keys = { QBO_CLIENT_ID: "ABproductionClient", QBO_CLIENT_SECRET: "production-secret" };

  it("is refused, with the ways out, where nobody can be asked", async () => {
    const { qbo, world } = await startEmulatedIntuit();
    Object.assign(world.env, keys);
    for (const words of [
      ["--env", "production"],
      ["--env", "production", "--start"],
    ]) {
      const { code, message, hint } = (await qbo("login", ...words, "--json")).error();
      expect(code).toBe("CONFIG_INVALID");
      expect(message).toContain("Intuit");
      for (const way of ["--listen", "--paste", "--start"]) expect(hint).toContain(way);
    }
  });

  it("is replaced at a terminal by one whose answer is pasted", async () => {
    const { qbo, world } = await startEmulatedIntuit();
    Object.assign(world.env, keys, { QBO_REDIRECT_URI: "https://localhost:8722/callback" });
    world.script.isAttended = true;
    world.script.answers = [
      [/Sign in by pasting/, true],
      [/Redirect URI registered/, elsewhere],
    ];
    world.consent = async () => {
      world.interruption.abort();
      return undefined;
    };
    const outcome = await qbo("login", "--env", "production", "--json");
    expect(outcome.error()).toMatchObject({ code: "CANCELLED" });
    expect(outcome.stderr).toContain("Intuit refuses localhost redirect URIs for production keys");
    expect(new URL(world.visits[0]?.opened ?? "").searchParams.get("redirect_uri")).toBe(elsewhere);
  });

  it("ends the sign-in when the person does not want that", async () => {
    const { qbo, world } = await startEmulatedIntuit();
    Object.assign(world.env, keys, { QBO_REDIRECT_URI: "https://localhost:8722/callback" });
    world.script.isAttended = true;
    world.script.answers = [[/Sign in by pasting/, false]];
    expect((await qbo("login", "--env", "production", "--json")).error()).toMatchObject({ code: "CONFIG_INVALID" });
  });
});
