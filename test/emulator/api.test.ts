import { expect, test } from "vitest";
import type { Emulator } from "../../src/emulator/emulator.ts";
import type { Json } from "./emulator-client.ts";
import { ACCOUNTING, control, firstRealm, get, getCompanyInfo, readJson, signIn, start } from "./emulator-client.ts";

const USERINFO = "/v1/openid_connect/userinfo";

function query(emulator: Emulator, accessToken: string, text: string): Promise<Response> {
  return get(emulator, `/v3/company/${firstRealm(emulator)}/query?query=${encodeURIComponent(text)}`, accessToken);
}

test("user info opens its fields by scope, in camelCase", async () => {
  const emulator = await start();
  const all = await signIn(emulator);
  expect(Object.keys(await readJson(await get(emulator, USERINFO, all.access_token)))).toEqual([
    "sub",
    "givenName",
    "familyName",
    "email",
    "emailVerified",
    "phoneNumber",
    "phoneNumberVerified",
    "address",
  ]);
  const some = await signIn(emulator, { scope: "openid email" });
  expect(Object.keys(await readJson(await get(emulator, USERINFO, some.access_token)))).toEqual([
    "sub",
    "email",
    "emailVerified",
  ]);
});

test("user info without openid is refused for its scope, and without a living token with a lower-case fault", async () => {
  const emulator = await start();
  const { access_token } = await signIn(emulator, { scope: ACCOUNTING });
  const refused = await get(emulator, USERINFO, access_token);
  expect([refused.status, (await readJson(refused))["error"]]).toEqual([403, "insufficient_scope"]);
  expect((await get(emulator, USERINFO)).status).toBe(401);
  expect((await get(emulator, USERINFO, "x")).status).toBe(401);
});

test("CompanyInfo is Intuit's: Id 1, the tax number, the minor version without effect", async () => {
  const emulator = await start();
  const { access_token } = await signIn(emulator);
  const realm = firstRealm(emulator);
  const answer = await readJson(await getCompanyInfo(emulator, access_token));
  expect(Object.keys(answer)).toEqual(["CompanyInfo", "time"]);
  expect(answer["CompanyInfo"]).toMatchObject({
    Id: "1",
    CompanyName: emulator.announcement().companies[0]?.companyName,
    EmployerId: expect.stringMatching(/^00-\d{7}$/) as unknown,
    Country: "US",
    MetaData: { CreateTime: expect.any(String) as unknown },
  });
  const old = await get(emulator, `/v3/company/${realm}/companyinfo/${realm}?minorversion=3`, access_token);
  expect((await readJson(old))["CompanyInfo"]).toEqual(answer["CompanyInfo"]);
});

test("who does not ask for JSON gets XML", async () => {
  const emulator = await start();
  await control(emulator, "company", { realmId: firstRealm(emulator), companyName: "A & <B>" });
  const { access_token } = await signIn(emulator);
  const realm = firstRealm(emulator);
  const path = `/v3/company/${realm}/companyinfo/${realm}`;
  const response = await get(emulator, path, access_token, { accept: "*/*" });
  expect(response.headers.get("content-type")).toContain("application/xml");
  expect(await response.text()).toContain("<CompanyName>A &amp; &lt;B&gt;</CompanyName>");
});

test("a dead token: 401 with the lower-case fault 3200, whose detail repeats the token", async () => {
  const emulator = await start();
  const response = await getCompanyInfo(emulator, "dead-token");
  expect(response.status).toBe(401);
  expect(await readJson(response)).toMatchObject({
    fault: {
      error: [{ code: "3200", detail: expect.stringContaining("dead-token") as unknown }],
      type: "AUTHENTICATION",
    },
  });
});

test.each([
  ["another company", ACCOUNTING, "9341000002469134"],
  ["an unknown company", ACCOUNTING, "1"],
  ["a token without the accounting scope", "com.intuit.quickbooks.payment", "9341000001234567"],
])("%s: 403 with the upper-case fault 3100", async (_name, scope, realm) => {
  const emulator = await start();
  const { access_token } = await signIn(emulator, { scope });
  const response = await getCompanyInfo(emulator, access_token, realm);
  expect(response.status).toBe(403);
  expect(await readJson(response)).toMatchObject({ Fault: { Error: [{ code: "3100" }], type: "AuthorizationFault" } });
});

test("the second realm of the path must be the company's too", async () => {
  const emulator = await start();
  const { access_token } = await signIn(emulator);
  const path = `/v3/company/${firstRealm(emulator)}/companyinfo/1`;
  expect((await get(emulator, path, access_token)).status).toBe(403);
});

test("customers can be counted and paged through", async () => {
  const emulator = await start();
  const { access_token } = await signIn(emulator);
  const read = async (text: string): Promise<{ Customer?: Json[] }> =>
    (await readJson<{ QueryResponse: { Customer?: Json[] } }>(await query(emulator, access_token, text))).QueryResponse;
  expect(await read("select count(*) from Customer")).toEqual({ totalCount: 25 });
  const page = await read("select * from Customer startposition 21 maxresults 10");
  expect(page.Customer?.map(({ Id }) => Id)).toEqual(["21", "22", "23", "24", "25"]);
  expect(page).toMatchObject({ startPosition: 21, maxResults: 5 });
  expect(await read("SELECT * FROM Customer STARTPOSITION 26")).toEqual({});
  expect(await read("select * from CompanyInfo")).toMatchObject({ CompanyInfo: [{ Id: "1" }] });
});

test.each(["", "drop table Customer", "select * from Invoice", "select * from Customer where Id = '1'"])(
  "the query %j is refused with a fault",
  async (text) => {
    const emulator = await start();
    const { access_token } = await signIn(emulator);
    const response = await query(emulator, access_token, text);
    expect(response.status).toBe(400);
    expect(await readJson(response)).toMatchObject({ Fault: { type: "ValidationFault" } });
  },
);
