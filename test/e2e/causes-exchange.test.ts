import { describe, expect, test } from "vitest";
import { control } from "../emulator/emulator-client.ts";
import { fromNow, seed } from "./connections.ts";
import { askDoctor, breakIt, listTroubles, openScene, rewriteJournal, run, tell, type Scene } from "./doctor.ts";
import { readAnswer, readError } from "./qbo-process.ts";
import { browse, consent, startLogin } from "./sign-in.ts";

// Intuit's FAQ, "What is invalid_grant?", lists four things to check when a code is exchanged. Each is brought about here, by its number.

/** A sign-in whose browser comes back with the answer that `change` makes of Intuit's. */
async function signInWith(scene: Scene, change: (callback: URL, own: { state: string; port: number }) => URL) {
  const login = await startLogin(scene);
  const callback = change(new URL(await consent(login)), login);
  await browse(callback.href);
  return { callback, ended: await login.ended };
}

describe("1. the redirect URI", () => {
  test("redirect-uri-mismatch: it is not registered to the letter, and nothing ever comes back", async () => {
    const scene = await openScene();
    scene.env = { QBO_REDIRECT_URI: "http://localhost:18799/Callback" };
    const error = readError(await run(scene, "login", "--env", "emulator", "--timeout", "1"));
    expect(error.code).toBe("LOGIN_TIMED_OUT");
    const answer = await askDoctor(scene, "--env", "emulator");
    expect(tell(answer)).toBe(
      "redirect-uri-mismatch, likely, 5: Register exactly http://localhost:18799/Callback for the keys qbo-emulator-client of emulator.",
    );
    expect(answer.verdict?.fix[1]).toBe("qbo login --env emulator");
    expect(answer.ranking[0]?.evidence).toContain("timed out without any callback");
    expect(listTroubles(answer)).toEqual(["fail redirect-uri"]);
  });

  test("redirect-uri-mismatch: the evidence names the one that last worked", async () => {
    const scene = await openScene();
    await signInWith(scene, (callback) => callback);
    readAnswer(await run(scene, "revoke", "--yes"));
    scene.env = { QBO_REDIRECT_URI: "http://localhost:18799/elsewhere" };
    await run(scene, "login", "--env", "emulator", "--timeout", "1");
    const answer = await askDoctor(scene);
    expect(tell(answer)).toMatch(/^revoked-here, certain, 4: qbo login /);
    const mismatch = answer.ranking.find(({ cause }) => cause === "redirect-uri-mismatch");
    expect(mismatch?.evidence).toMatch(/the one that last worked is http:\/\/localhost:\d+\/callback/);
  });

  test("redirect-uri-mismatch: production keys with a localhost address", async () => {
    const scene = await openScene();
    scene.env = { QBO_CLIENT_ID: "production-keys", QBO_CLIENT_SECRET: "s" };
    const answer = await askDoctor(scene, "--env", "production", "--offline");
    expect(tell(answer)).toMatch(/^redirect-uri-mismatch, certain, 5: /);
    expect(answer.checks.find(({ id }) => id === "redirect-uri")?.detail).toContain("localhost");
  });

  test.each(["https://localhost:8722/callback?tenant=1", "https://localhost:8722/callback#here"])(
    "redirect-uri-has-query: %s",
    async (uri) => {
      const scene = await openScene();
      scene.env = { QBO_REDIRECT_URI: uri };
      expect(readError(await run(scene, "login", "--env", "emulator")).code).toBe("CONFIG_INVALID");
      const answer = await askDoctor(scene, "--env", "emulator");
      expect(tell(answer)).toMatch(/^redirect-uri-has-query, certain, 5: qbo app set --env emulator --redirect-uri /);
    },
  );
});

test("2. redirect-uri-has-query: the parameter name code is in use for something else", async () => {
  const scene = await openScene();
  scene.env = { QBO_REDIRECT_URI: "https://localhost:8722/callback?code=mine" };
  const answer = await askDoctor(scene, "--env", "emulator");
  expect(tell(answer)).toMatch(/^redirect-uri-has-query, certain, 5: /);
  expect(answer.ranking[0]?.evidence).toContain("the parameter name code");
});

describe("3. the keys", () => {
  test("keys-wrong: Intuit rejects the client in the exchange", async () => {
    const scene = await openScene();
    await control(scene.emulator, "app", { clientId: "qbo-emulator-client", clientSecret: "another" });
    const { ended } = await signInWith(scene, (callback) => callback);
    expect(readError(ended).code).toBe("CLIENT_REJECTED");
    const answer = await askDoctor(scene, "--env", "emulator");
    expect(tell(answer)).toBe(
      "keys-wrong, certain, 5: qbo app set --env emulator --client-id qbo-emulator-client --client-secret-stdin",
    );
    expect(tell(await askDoctor(scene, "--env", "emulator", "--offline"))).toMatch(/^keys-wrong, likely, 5: /);
  });

  test("keys-environment-mismatch: the API refuses the company with a live token", async () => {
    const scene = await openScene();
    await seed(scene);
    await breakIt(scene, { kind: "environment-mismatch" });
    const answer = await askDoctor(scene, "c1");
    expect(tell(answer)).toBe("keys-environment-mismatch, likely, 5: qbo login c1");
    expect(answer.ranking[0]?.evidence).toContain("3100");
  });
});

describe("4. the code is exchanged once", () => {
  test("code-already-used: a second sign-in brings the code of the first", async () => {
    const scene = await openScene();
    const first = await signInWith(scene, (callback) => callback);
    readAnswer(first.ended);
    const code = first.callback.searchParams.get("code") ?? "";
    const second = await signInWith(scene, (callback) => {
      callback.searchParams.set("code", code);
      return callback;
    });
    expect(readError(second.ended).code).toBe("AUTHORIZATION_FAILED");
    const answer = await askDoctor(scene);
    expect(tell(answer)).toMatch(/^code-already-used, certain, 4: qbo login \S+$/);
    expect(answer.ranking.map(({ cause }) => cause)).toContain("double-exchange");
  });

  test("code-expired: more than ten minutes between consent and exchange", async () => {
    const scene = await openScene();
    const login = await startLogin(scene);
    const callback = await consent(login);
    await control(scene.emulator, "clock", { advance: 660 });
    rewriteJournal(scene, (event) => ({ ...event, at: fromNow(-660) }));
    await browse(callback);
    expect(readError(await login.ended).code).toBe("AUTHORIZATION_FAILED");
    const answer = await askDoctor(scene, "--env", "emulator");
    expect(tell(answer)).toBe("code-expired, likely, 4: qbo login --env emulator");
    expect(answer.ranking[0]?.evidence).toMatch(/1[0-9] min after the sign-in had begun/);
  });
});
