import { expect, test } from "vitest";
import { ACCOUNTING, authorizeUrl, control, firstRealm, REDIRECT_URI, start } from "./emulator-client.ts";

const ASK = { autoApprove: false };

function visit(url: string): Promise<Response> {
  return fetch(url, { redirect: "manual" });
}

function decide(
  baseUrl: string,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Response> {
  const request = {
    client_id: "qbo-emulator-client",
    response_type: "code",
    scope: ACCOUNTING,
    redirect_uri: REDIRECT_URI,
  };
  return fetch(`${baseUrl}/connect/oauth2/decision`, {
    method: "POST",
    headers,
    body: new URLSearchParams({ ...request, state: "the-state", ...form }),
    redirect: "manual",
  });
}

test("the consent page shows app, scopes, companies and both buttons, and runs no script", async () => {
  const emulator = await start(ASK);
  const response = await visit(authorizeUrl(emulator));
  const html = await response.text();
  expect(response.status).toBe(200);
  expect(html).toContain("Local emulator, not Intuit");
  expect(html).toContain("Read and change the company&#39;s accounting data");
  for (const { realmId, companyName } of emulator.announcement().companies) {
    expect(html).toContain(`name="realmId" value="${realmId}"`);
    expect(html).toContain(companyName);
  }
  expect(html).toContain('name="decision" value="connect"');
  expect(html).toContain('name="decision" value="cancel"');
  expect(html).not.toMatch(/<script|\son\w+=|src=|href=/);
  const policy = response.headers.get("content-security-policy") ?? "";
  const nonce = /style-src 'nonce-([^']+)'/.exec(policy)?.[1];
  expect(policy).toContain("default-src 'none'");
  expect(html).toContain(`<style nonce="${nonce}">`);
});

test("the page escapes what it shows", async () => {
  const emulator = await start(ASK);
  await control(emulator, "company", { realmId: firstRealm(emulator), companyName: `<script>alert("x")</script>'` });
  const html = await (await visit(authorizeUrl(emulator, { state: `"><img src=x>` }))).text();
  expect(html).not.toContain("<script");
  expect(html).not.toContain("<img");
  expect(html).toContain("&lt;script&gt;");
});

test("Connect sends code, state and realm ID back; Cancel sends access_denied", async () => {
  const emulator = await start(ASK);
  const realmId = emulator.announcement().companies[1]?.realmId ?? "";
  const connected = await decide(emulator.baseUrl, { decision: "connect", realmId });
  expect(connected.status).toBe(302);
  const callback = new URL(connected.headers.get("location") ?? "");
  expect(callback.origin + callback.pathname).toBe(REDIRECT_URI);
  expect([...callback.searchParams.keys()].toSorted()).toEqual(["code", "realmId", "state"]);
  expect(callback.searchParams.get("realmId")).toBe(realmId);
  expect(callback.searchParams.get("state")).toBe("the-state");
  const cancelled = new URL((await decide(emulator.baseUrl, { decision: "cancel" })).headers.get("location") ?? "");
  expect(cancelled.searchParams.get("error")).toBe("access_denied");
  expect(cancelled.searchParams.get("error_description")).not.toBe(null);
  expect(cancelled.searchParams.get("state")).toBe("the-state");
  expect(cancelled.searchParams.has("code")).toBe(false);
});

test.each([
  ["an unknown company", { decision: "connect", realmId: "1" }, {}],
  ["no company", { decision: "connect" }, {}],
  ["no decision", { realmId: "1" }, {}],
  ["another redirect URI than the registered", { decision: "connect", redirect_uri: "https://evil.example/" }, {}],
  ["a form of another web page", { decision: "cancel" }, { origin: "https://evil.example" }],
])("a decision with %s gets the emulator's own page", async (_name, form, headers) => {
  const emulator = await start(ASK);
  const response = await decide(emulator.baseUrl, form, headers);
  expect(response.status).toBe(400);
  expect(response.headers.get("location")).toBe(null);
});

test.each([
  ["an unknown client", { client_id: "somebody-else" }],
  ["no client", { client_id: undefined }],
  ["no redirect URI", { redirect_uri: undefined }],
  ["a trailing slash", { redirect_uri: `${REDIRECT_URI}/` }],
  ["another case", { redirect_uri: "https://localhost:8722/Callback" }],
  ["another port", { redirect_uri: "https://localhost:8723/callback" }],
  ["a query", { redirect_uri: `${REDIRECT_URI}?x=1` }],
  ["no state", { state: undefined }],
  ["an empty state", { state: "" }],
])("a request with %s shows the emulator's own error page and sends nothing back", async (_name, changes) => {
  const emulator = await start();
  const response = await visit(authorizeUrl(emulator, changes));
  expect(response.status).toBe(400);
  expect(response.headers.get("location")).toBe(null);
  expect(await response.text()).toContain("Local emulator, not Intuit");
});

test("a parameter that is sent twice is refused", async () => {
  const emulator = await start();
  expect((await visit(`${authorizeUrl(emulator)}&state=another`)).status).toBe(400);
});

test.each([
  ["an unknown scope", { scope: `${ACCOUNTING} everything` }, "invalid_scope"],
  ["no scope", { scope: "" }, "invalid_scope"],
  ["a name that every object has", { scope: "constructor" }, "invalid_scope"],
  ["another response type", { response_type: "token" }, "unsupported_response_type"],
])("a request with %s goes back to the app with an error", async (_name, changes, error) => {
  const emulator = await start();
  const response = await visit(authorizeUrl(emulator, changes));
  expect(response.status).toBe(302);
  const callback = new URL(response.headers.get("location") ?? "").searchParams;
  expect(callback.get("error")).toBe(error);
  expect(callback.get("state")).toBe("the-state");
  expect(callback.has("code")).toBe(false);
});

test("without a scope that concerns a company there is no choice and no realm ID", async () => {
  const asking = await start(ASK);
  expect(await (await visit(authorizeUrl(asking, { scope: "openid email" }))).text()).not.toContain('name="realmId"');
  const emulator = await start();
  const response = await visit(authorizeUrl(emulator, { scope: "openid email" }));
  const callback = new URL(response.headers.get("location") ?? "").searchParams;
  expect(callback.has("code")).toBe(true);
  expect(callback.has("realmId")).toBe(false);
});

test("auto-approve takes the first company, or the one that was named", async () => {
  const emulator = await start();
  const second = emulator.announcement().companies[1]?.realmId ?? "";
  const choose = async (): Promise<string | null> =>
    new URL((await visit(authorizeUrl(emulator))).headers.get("location") ?? "").searchParams.get("realmId");
  expect(await choose()).toBe(firstRealm(emulator));
  await control(emulator, "auto-approve", { autoApprove: second });
  expect(await choose()).toBe(second);
});

test("production rules refuse localhost redirects and serve the public ones", async () => {
  const emulator = await start({ production: true });
  expect((await visit(authorizeUrl(emulator))).status).toBe(400);
  const response = await visit(authorizeUrl(emulator, { redirect_uri: "https://connect.example.com/callback" }));
  expect(response.headers.get("location")).toMatch(/^https:\/\/connect\.example\.com\/callback\?code=/);
});
