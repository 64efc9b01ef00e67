import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { NotSent } from "../../src/core/failures.ts";
import type { Http } from "../../src/core/http.ts";
import { type EmulatedIntuit, startEmulatedIntuit } from "../world/emulated-intuit.ts";
import { consentAtOnce } from "../world/following-browser.ts";
import type { Outcome } from "../world/run-qbo.ts";

const elsewhere = "https://connect.example.com/callback";

interface Started {
  authorizationUrl: string;
  redirectUri: string;
  state: string;
  expiresAt: string;
  finish: string;
}

interface Scene extends EmulatedIntuit {
  start(...words: string[]): Promise<Started>;
  finish(answer: string): Promise<Outcome>;
  consent(started: Started): Promise<string>;
}

/** A machine without terminal and browser, production rules at the other end. */
async function setScene(): Promise<Scene> {
  const intuit = await startEmulatedIntuit({ production: true, redirectUris: [elsewhere] });
  const { world, qbo } = intuit;
  world.env["QBO_REDIRECT_URI"] = elsewhere;
  for (const door of ["callbackServer", "browser"]) {
    Object.assign(world.replaced, { [door]: () => Promise.reject(new Error(`${door} is not needed`)) });
  }
  return {
    ...intuit,
    async start(...words) {
      const outcome = await qbo("login", ...(words.length > 0 ? words : ["--env", "emulator"]), "--start");
      if (outcome.exitCode !== 0) throw new Error(outcome.stderr);
      return outcome.json<Started>();
    },
    async finish(answer) {
      world.stdin = answer;
      return qbo("login", "--finish", "-", "--json");
    },
    consent: async ({ authorizationUrl }) => (await consentAtOnce(authorizationUrl)) ?? "",
  };
}

const listPending = ({ world }: Scene) => readdirSync(world.paths.signIns);

describe("qbo login --start, then --finish -", () => {
  it("connects, keeps what was asked for, and needs neither port nor browser", async () => {
    const scene = await setScene();
    const started = await scene.start(
      "--env",
      "emulator",
      "--name",
      "acme",
      "--add-scope",
      "com.intuit.quickbooks.payment",
    );
    expect(Object.keys(started)).toEqual(["authorizationUrl", "redirectUri", "state", "expiresAt", "finish"]);
    expect(started).toMatchObject({ redirectUri: elsewhere, finish: "qbo login --finish -" });
    expect(new URL(started.authorizationUrl).searchParams.get("state")).toBe(started.state);
    const life = Date.parse(started.expiresAt) - scene.world.clock.now();
    expect(Math.abs(life - 7 * 86_400_000)).toBeLessThan(60_000);

    const outcome = await scene.finish(`${await scene.consent(started)}\n`);
    expect(outcome.exitCode).toBe(0);
    expect(outcome.json()).toMatchObject({
      reconnected: false,
      connection: { name: "acme", realmId: scene.realms[0] },
    });
    expect(outcome.json<{ connection: { scopes: string[] } }>().connection.scopes).toContain(
      "com.intuit.quickbooks.payment",
    );
    expect((await scene.qbo("token")).exitCode).toBe(0);
    const { events } = (await scene.qbo("history", "--json")).json<{
      events: { event: string; outcome: string | null }[];
    }>();
    expect(events.map(({ event, outcome: came }) => [event, came])).toEqual(
      expect.arrayContaining([
        ["login-started", "waiting"],
        ["login-started", null],
        ["code-received", null],
        ["code-exchanged", "ok"],
      ]),
    );
  });

  it("leaves nothing readable behind: no state, no address, no client", async () => {
    const scene = await setScene();
    const { state } = await scene.start();
    const [name = ""] = listPending(scene);
    const text = readFileSync(join(scene.world.paths.signIns, name), "utf8");
    expect(`${name}${text}`).not.toMatch(new RegExp(`${state}|connect\\.example|qbo-emulator`));
  });

  it("names the redirect URI again that was said for it alone", async () => {
    const scene = await setScene();
    delete scene.world.env["QBO_REDIRECT_URI"];
    const answer = await scene.consent(await scene.start("--env", "emulator", "--redirect-uri", elsewhere));
    expect((await scene.finish(answer)).exitCode).toBe(0);
    const command = `qbo login --env emulator --redirect-uri ${elsewhere} --start`;
    expect((await scene.finish(answer)).error().hint).toContain(command);
  });

  it("is finished once: by one of two at the same time, and not again", async () => {
    const scene = await setScene();
    const answer = await scene.consent(await scene.start());
    const both = await Promise.all([scene.finish(answer), scene.finish(answer)]);
    expect(both.map(({ exitCode }) => exitCode).toSorted((a, b) => a - b)).toEqual([0, 4]);
    const again = (await scene.finish(answer)).error();
    expect(again).toMatchObject({ code: "AUTHORIZATION_FAILED", exitCode: 4 });
    expect(again.message).toContain("used already");
    expect((await scene.effects()).exchanges).toBe(1);
  });

  it("says what is wrong with each answer, and still takes the right one", async () => {
    const scene = await setScene();
    const started = await scene.start();
    const answer = await scene.consent(started);
    const wrong: [answer: string, code: string, text: string][] = [
      ["", "USAGE", "nothing on stdin"],
      ["not an address", "USAGE", "no address"],
      ["x".repeat(10_000), "USAGE", "far longer"],
      [answer.replace(/&state=[^&]*/, ""), "USAGE", "carries no state"],
      [started.authorizationUrl, "USAGE", "consent page"],
      [answer.replace("connect.", "other."), "USAGE", "another page"],
      [answer.replace(/realmId=\d+&?/, ""), "USAGE", "end of that address is missing"],
      [
        answer.replace(/state=[^&]*/, `state=${"0".repeat(64)}`),
        "AUTHORIZATION_FAILED",
        "No sign-in that was started here",
      ],
      [`${elsewhere}?error=access_denied&state=${started.state}`, "AUTHORIZATION_DENIED", "declined"],
    ];
    for (const [text, code, message] of wrong) {
      const error = (await scene.finish(text)).error();
      expect([text.slice(0, 99), error.code]).toEqual([text.slice(0, 99), code]);
      expect(error.message).toContain(message);
    }
    expect((await scene.finish(answer)).exitCode).toBe(0);
    expect((await scene.effects()).exchanges).toBe(1);
  });

  it("waits 7 days, and is swept by the next one", async () => {
    const scene = await setScene();
    const started = await scene.start();
    await scene.advance(7 * 86_400 - 60);
    const answer = await scene.consent(started);
    await scene.advance(61);
    const late = (await scene.finish(answer)).error();
    expect(late).toMatchObject({ code: "LOGIN_TIMED_OUT", exitCode: 4 });
    expect(late.message).toContain("more than 7 days ago");
    expect(listPending(scene)).toHaveLength(1);
    await scene.start();
    expect(listPending(scene)).toHaveLength(1);
    expect((await scene.finish(answer)).error().message).toContain("No sign-in that was started here");
  });

  it("waits again when the code provably never left", async () => {
    const scene = await setScene();
    const answer = await scene.consent(await scene.start());
    const { world } = scene;
    const real = await world.open(globals, () => undefined).http();
    const http: Http = {
      send: (request) =>
        request.method === "POST" ? Promise.reject(new NotSent("no connection")) : real.send(request),
    };
    Object.assign(world.replaced, { http: async () => http });
    const unsent = (await scene.finish(answer)).error();
    expect(unsent).toMatchObject({ code: "INTUIT_UNREACHABLE", exitCode: 6 });
    expect(unsent.hint).toContain("run the same command again");
    Reflect.deleteProperty(world.replaced, "http");
    expect((await scene.finish(answer)).exitCode).toBe(0);
  });

  it("does not wait again when the answer to the code was lost", async () => {
    const scene = await setScene();
    const answer = await scene.consent(await scene.start());
    await scene.control("faults", { kind: "lost-reply", endpoint: "token" });
    expect((await scene.finish(answer)).error()).toMatchObject({ code: "INTUIT_UNREACHABLE" });
    expect((await scene.finish(answer)).error()).toMatchObject({ code: "AUTHORIZATION_FAILED" });
  });

  it("reconnects the connection that was named, and no other company", async () => {
    const scene = await setScene();
    expect(
      (await scene.finish(await scene.consent(await scene.start("--env", "emulator", "--name", "acme")))).exitCode,
    ).toBe(0);
    const [first, second] = [await scene.start("acme"), await scene.start("acme")];
    expect((await scene.finish(await scene.consent(first))).json()).toMatchObject({
      reconnected: true,
      connection: { name: "acme" },
    });
    await scene.control("auto-approve", { autoApprove: scene.realms[1] });
    expect((await scene.finish(await scene.consent(second))).error()).toMatchObject({ code: "WRONG_COMPANY" });
  });

  it("sends the code nowhere else than where the person was sent", async () => {
    const scene = await setScene();
    const answer = await scene.consent(await scene.start());
    const { world } = scene;
    const { QBO_EMULATOR_URL: url } = world.env;
    world.env["QBO_EMULATOR_URL"] = "http://localhost:1";
    const moved = (await scene.finish(answer)).error();
    expect(moved).toMatchObject({ code: "CONFIG_INVALID" });
    expect(moved.message).toContain("now points to http://localhost:1");
    world.env["QBO_EMULATOR_URL"] = url;
    expect((await scene.finish(answer)).exitCode).toBe(0);
  });

  it("reads a paste where a terminal is", async () => {
    const scene = await setScene();
    const answer = await scene.consent(await scene.start());
    scene.world.script.isAttended = true;
    scene.world.script.pasted.put(answer);
    const outcome = await scene.finish("");
    expect(outcome.exitCode).toBe(0);
    expect(outcome.stderr).toContain("It is not shown.");
  });
});

describe("the command line", () => {
  it.each([
    ["--finish", "https://connect.example.com/callback?code=a"],
    ["--finish", "-", "--env", "emulator"],
    ["--finish", "-", "--no-browser"],
    ["--finish", "-", "--start"],
    ["--finish", "-", "acme"],
    ["--start", "--paste"],
    ["--start", "--listen", "http://127.0.0.1:8722"],
    ["--start", "--timeout", "5"],
    ["--paste", "--listen", "http://127.0.0.1:8722"],
  ])("refuses %s %s %s %s", async (...words) => {
    const { qbo } = await startEmulatedIntuit();
    expect((await qbo("login", "--json", ...words)).error()).toMatchObject({ code: "USAGE", exitCode: 2 });
  });
});

const globals = { json: false, quiet: true, verbose: false, debug: false, color: false, input: false };
