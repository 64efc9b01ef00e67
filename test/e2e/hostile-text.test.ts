import { expect, test } from "vitest";
import { control, firstRealm, start } from "../emulator/emulator-client.ts";
import { listFiles, seed, seedExpired } from "./connections.ts";
import { createHome, type Ended, readAnswer, readError, runQbo } from "./qbo-process.ts";
import { browse, consent, signIn, startLogin } from "./sign-in.ts";

/** Colours, a title, a cleared screen, a new line that looks like ours, text that runs backwards, and HTML. */
const hostile =
  '\u001b[2J\u001b[31mred\u001b]0;title\u0007\r\nerror: none\u0000\u009b1m\u202egnp\u2028<script>alert("x")</script>';
const escaped = "\\u001b[2J\\u001b[31mred\\u001b]0;title\\u0007";

async function openScene() {
  return { home: createHome(), emulator: await start() };
}

/** Nothing that a terminal obeys, and no line that only the server's text made. */
function expectHarmless({ stdout, stderr }: Pick<Ended, "stdout" | "stderr">): void {
  for (const text of [stdout, stderr]) {
    // eslint-disable-next-line no-control-regex
    expect(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u2028]/.exec(text)?.[0]).toBeUndefined();
    expect(text).not.toMatch(/^error: none/m);
  }
}

/** Every text in a JSON document, keys included. */
function collectTexts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) => [key].concat(collectTexts(entry)));
}

function expectHarmlessJson(ended: Ended): void {
  expectHarmless(ended);
  for (const text of collectTexts(JSON.parse(ended.stdout))) expectHarmless({ stdout: text, stderr: "" });
}

test.each([
  ["refused", 400, { error: "invalid_request", error_description: hostile }],
  ["an unknown error", 400, { error: hostile, error_description: hostile }],
  ["the keys", 401, { error: "invalid_client", error_description: hostile }],
  ["rejected", 400, { error: "invalid_grant", error_description: hostile }],
])("a refresh that is answered with hostile text: %s", async (_, status, body) => {
  const scene = await openScene();
  await seedExpired(scene);
  const fault = { kind: "garbage", endpoint: "token", status, body: JSON.stringify(body), count: 0 };
  await control(scene.emulator, "faults", fault);
  const error = readError(await runQbo(["refresh", "--json"], scene));
  expect(error.intuitErrorDescription).toContain(escaped);
  for (const text of collectTexts(error)) expectHarmless({ stdout: text, stderr: "" });
  expectHarmless(await runQbo(["refresh", "--verbose", "--debug"], scene));
  expectHarmless(await runQbo(["status"], { ...scene, env: { FORCE_COLOR: undefined } }));
});

test("an API that answers with hostile faults", async () => {
  expect.hasAssertions();
  const scene = await openScene();
  await seed(scene);
  const faults = [
    { status: 400, body: { Fault: { Error: [{ Message: hostile, Detail: hostile, code: hostile }], type: hostile } } },
  ];
  for (const { status, body } of faults) {
    const fault = { kind: "garbage", endpoint: "companyinfo", status, body: JSON.stringify(body), count: 0 };
    await control(scene.emulator, "faults", fault);
    const error = readError(await runQbo(["companyinfo", "--json"], scene));
    for (const text of collectTexts(error)) expectHarmless({ stdout: text, stderr: "" });
    expectHarmless(await runQbo(["companyinfo", "--verbose", "--debug"], scene));
  }
});

test("a company with a hostile name, from the sign-in to its end", async () => {
  const scene = await openScene();
  await control(scene.emulator, "company", { realmId: firstRealm(scene.emulator), companyName: hostile });
  const { ended, connection, lastPage } = await signIn(scene);
  expectHarmlessJson(ended);
  expect(connection["companyName"]).toContain(escaped);
  expect(connection["name"]).toMatch(/^[a-z0-9-]+$/);
  expect(lastPage.body).toContain("Connected to");
  expect(lastPage.body).not.toContain("<script");
  expect(lastPage.body).toContain("&lt;script&gt;");
  for (const path of listFiles(scene.home.state)) expect(path).toMatch(/^[\w./-]+$/);
  for (const command of ["status", "companyinfo", "refresh", "revoke --yes"]) {
    expectHarmless(await runQbo([...command.split(" "), "--verbose"], scene));
  }
  for (const command of ["status", "companyinfo"]) {
    const again = await signIn(scene);
    expectHarmlessJson(again.ended);
    expectHarmlessJson(await runQbo([command, "--json"], scene));
  }
});

test("an imported company with a hostile name", async () => {
  expect.hasAssertions();
  const scene = await openScene();
  await seed(scene, 1, { companyName: hostile });
  expectHarmless(await runQbo(["status"], scene));
  expectHarmlessJson(await runQbo(["status", "--json"], scene));
});

test("a person with a hostile name", async () => {
  const scene = await openScene();
  await seed(scene);
  const person = { sub: "1", email: hostile, givenName: hostile, familyName: hostile, phoneNumber: hostile };
  await control(scene.emulator, "faults", {
    kind: "garbage",
    endpoint: "userinfo",
    body: JSON.stringify(person),
    count: 0,
  });
  expectHarmless(await runQbo(["whoami"], scene));
  const ended = await runQbo(["whoami", "--json"], scene);
  expect(readAnswer(ended)["givenName"]).toContain(escaped);
  expectHarmlessJson(ended);
});

test("a callback with a hostile error", async () => {
  for (const args of [
    ["--env", "emulator"],
    ["--env", "emulator", "--verbose"],
  ]) {
    const scene = await openScene();
    const started = await startLogin(scene, args);
    const { redirectUri, state } = started;
    const query = new URLSearchParams({ error: hostile, error_description: hostile, state });
    const page = await browse(`${redirectUri}?${query.toString()}`);
    expect(page.body).not.toContain("<script");
    const ended = await started.ended;
    expect(readError(ended)).toMatchObject({ code: "AUTHORIZATION_FAILED", exitCode: 4 });
    expectHarmless(ended);
  }
});

test("a grant that the emulator consented to, with a hostile token answer", async () => {
  const scene = await openScene();
  const body = JSON.stringify({ error: hostile, error_description: hostile });
  await control(scene.emulator, "faults", { kind: "garbage", endpoint: "token", status: 400, body });
  const started = await startLogin(scene);
  const page = await browse(await consent(started));
  expect(page.body).not.toContain("<script");
  const ended = await started.ended;
  expectHarmless(ended);
  for (const text of collectTexts(readError(ended))) expectHarmless({ stdout: text, stderr: "" });
});
