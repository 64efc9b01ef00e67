import { request } from "node:http";
import { expect, test } from "vitest";
import type { Emulator } from "../../src/emulator/emulator.ts";
import type { SeededConnection } from "../../src/emulator/state/seed.ts";
import {
  authorizeUrl,
  control,
  getCompanyInfo,
  readJson,
  readTokens,
  refresh,
  signIn,
  start,
} from "./emulator-client.ts";

/** fetch does not let a Host header through, so this speaks node:http. */
function getWith(emulator: Emulator, path: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${emulator.baseUrl}${path}`, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
}

test.each([
  ["an Origin", { origin: "https://evil.example" }, 403],
  ["the emulator's own Origin", { origin: "http://localhost" }, 403],
  ["the mark of a cross-site fetch", { "sec-fetch-site": "cross-site" }, 403],
  ["a rebound name", { host: "evil.example" }, 403],
  ["a name that looks like localhost", { host: "localhost.evil.example:80" }, 403],
  ["127.0.0.1", { host: "127.0.0.1:1" }, 200],
  ["[::1]", { host: "[::1]:1" }, 200],
  ["a person who types the address", { "sec-fetch-site": "none" }, 200],
])("a control request with %s", async (_name, headers, status) => {
  const emulator = await start();
  expect(await getWith(emulator, "/_emulator/requests", headers)).toBe(status);
});

test.each([
  ["clock", '{"advance":"1"}'],
  ["clock", '{"advance":1.5}'],
  ["clock", "{}"],
  ["clock", "[]"],
  ["clock", "nonsense"],
  ["faults", '{"kind":"unheard-of"}'],
  ["faults", '{"kind":"outage","cuont":2}'],
  ["faults", '{"kind":"redirect","location":"a\\r\\nb: c"}'],
  ["faults", '{"kind":"garbage","body":"xxxxxxxx","repeat":67108864}'],
  ["policy", '{"oldRefreshTokens":"maybe"}'],
  ["policy", '{"__proto__":{"x":1},"y":1}'],
  ["seed", '{"connections":0}'],
  ["company", '{"realmId":"12ab","companyName":"x"}'],
  ["disconnect", '{"realmId":5}'],
  ["app", '{"clientId":"a:b","clientSecret":"c"}'],
  ["redirect-uri", '{"redirectUri":"https://example.com/?query"}'],
  ["auto-approve", '{"autoApprove":"1"}'],
])("POST %s %s is refused with a reason and changes nothing", async (path, body) => {
  const emulator = await start();
  const before = await control(emulator, "state");
  const response = await fetch(`${emulator.baseUrl}/_emulator/${path}`, { method: "POST", body });
  expect(response.status).toBe(400);
  expect((await readJson(response))["error"]).toMatch(/./);
  const after = await control(emulator, "state");
  expect({ ...after, now: null }).toEqual({ ...before, now: null });
});

test("the clock advances, and says what time it is", async () => {
  const emulator = await start();
  const { now } = await control(emulator, "clock", { advance: 86_400 });
  expect(Math.abs(Date.parse(String(now)) - Date.now() - 86_400_000)).toBeLessThan(60_000);
  expect(await control(emulator, "state")).toMatchObject({ clockOffsetSeconds: 86_400 });
});

test("seeded connections are alive, complete and of distinct companies", async () => {
  const emulator = await start();
  const { connections } = await control<{ connections: SeededConnection[] }>(emulator, "seed", { connections: 200 });
  const known = emulator.announcement().companies;
  expect(known).toHaveLength(203);
  expect(new Set(known.map(({ realmId }) => realmId)).size).toBe(203);
  expect(new Set(known.map(({ companyName }) => companyName)).size).toBe(203);
  for (const { realmId } of known) expect(realmId).toMatch(/^93410\d{11}$/);
  const last = connections.at(-1);
  expect(last?.expiresIn).toBe(3600);
  expect((await getCompanyInfo(emulator, last?.accessToken ?? "", last?.realmId)).status).toBe(200);
  await readTokens(await refresh(emulator, last?.refreshToken ?? ""));
});

test("a company can be renamed and added, and chosen", async () => {
  const emulator = await start();
  await control(emulator, "company", { realmId: "123", companyName: "\u001b[31mRed\u001b[0m" });
  await control(emulator, "auto-approve", { autoApprove: "123" });
  const { access_token } = await signIn(emulator);
  expect(await readJson(await getCompanyInfo(emulator, access_token, "123"))).toMatchObject({
    CompanyInfo: { CompanyName: "\u001b[31mRed\u001b[0m" },
  });
});

test("a redirect URI can be registered while it runs", async () => {
  const emulator = await start();
  const redirect_uri = "https://localhost:4711/back";
  const visit = async (): Promise<number> =>
    (await fetch(authorizeUrl(emulator, { redirect_uri }), { redirect: "manual" })).status;
  expect(await visit()).toBe(400);
  await control(emulator, "redirect-uri", { redirectUri: redirect_uri });
  expect(await visit()).toBe(302);
  expect(emulator.announcement().redirectUris).toContain(redirect_uri);
});

test("reset brings back how it started", async () => {
  const emulator = await start();
  const before = emulator.announcement();
  const tokens = await signIn(emulator);
  await control(emulator, "clock", { advance: 1000 });
  await control(emulator, "policy", { numbersAsStrings: true });
  await control(emulator, "faults", { kind: "outage", count: 0 });
  await control(emulator, "seed", { connections: 2 });
  await control(emulator, "app", { clientId: "qbo-emulator-client", clientSecret: "changed" });
  expect(await control(emulator, "reset", {})).toMatchObject({
    clockOffsetSeconds: 0,
    counts: { exchanges: 0 },
    companies: 3,
    grants: 0,
    faults: 0,
    policy: { numbersAsStrings: false },
  });
  expect(emulator.announcement()).toEqual(before);
  expect((await refresh(emulator, tokens.refresh_token)).status).toBe(400);
  expect(await control(emulator, "requests")).toMatchObject({ requests: [{ endpoint: "token", status: 400 }] });
});

test("an unknown control lists the known ones", async () => {
  const { baseUrl } = await start();
  const response = await fetch(`${baseUrl}/_emulator/explode`, { method: "POST" });
  expect(response.status).toBe(404);
  expect((await readJson(response))["controls"]).toContain("POST /_emulator/clock");
});
