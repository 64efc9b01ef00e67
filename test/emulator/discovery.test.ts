import { expect, test } from "vitest";
import { control, get, readJson, start } from "./emulator-client.ts";

test.each(["openid_configuration", "openid_sandbox_configuration"])(
  "%s names the emulator's own addresses",
  async (name) => {
    const emulator = await start();
    const document = await readJson(await get(emulator, `/.well-known/${name}`));
    const { baseUrl } = emulator;
    expect(document).toMatchObject({
      issuer: `${baseUrl}/op/v1`,
      authorization_endpoint: `${baseUrl}/connect/oauth2`,
      token_endpoint: `${baseUrl}/oauth2/v1/tokens/bearer`,
      revocation_endpoint: `${baseUrl}/v2/oauth2/tokens/revoke`,
      userinfo_endpoint: `${baseUrl}/v1/openid_connect/userinfo`,
      jwks_uri: `${baseUrl}/op/v1/jwks`,
    });
    expect(document).not.toHaveProperty("code_challenge_methods_supported");
    expect(document["scopes_supported"]).toContain("com.intuit.quickbooks.accounting");
  },
);

test("every answer says that it is the emulator's and carries its own intuit_tid", async () => {
  const emulator = await start();
  const paths = [
    "/",
    "/.well-known/openid_configuration",
    "/nowhere",
    "/connect/oauth2",
    "/_emulator/state",
    "/favicon.ico",
  ];
  const answers = await Promise.all([...paths, ...paths].map((path) => get(emulator, path)));
  for (const { headers } of answers) expect(headers.get("x-qbo-emulator")).toBe("1");
  const transactions = answers.map(({ headers }) => headers.get("intuit_tid") ?? "");
  for (const transaction of transactions) expect(transaction).toMatch(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/);
  expect(new Set(transactions).size).toBe(transactions.length);
});

test("the status page reports an incident while an outage is on, unless it is unannounced", async () => {
  const emulator = await start();
  const read = async (): Promise<unknown> => (await readJson(await get(emulator, "/api/v2/status.json")))["status"];
  expect(await read()).toMatchObject({ indicator: "none" });
  await control(emulator, "faults", { kind: "outage", count: 0, announced: false });
  expect(await read()).toMatchObject({ indicator: "none" });
  await control(emulator, "faults", { kind: "outage", count: 0 });
  expect(await read()).toMatchObject({ indicator: "major" });
  await control(emulator, "faults", undefined, "DELETE");
  expect(await read()).toMatchObject({ indicator: "none" });
});

test("the Date header tells the real time, or the emulator's on request", async () => {
  const emulator = await start();
  const readSkew = async (): Promise<number> => {
    const { headers } = await get(emulator, "/op/v1/jwks");
    return Math.abs(Date.parse(headers.get("date") ?? "") - Date.now());
  };
  await control(emulator, "clock", { advance: 7200 });
  expect(await readSkew()).toBeLessThan(60_000);
  await control(emulator, "policy", { dateFollowsClock: true });
  expect(await readSkew()).toBeGreaterThan(7_000_000);
});
