import { connect } from "node:net";
import { assert, asyncProperty, constantFrom, json, oneof, record, string } from "fast-check";
import { expect, test } from "vitest";
import { BASIC, get, signIn, start } from "./emulator-client.ts";

const METHODS = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "BREW"];
const PATHS = [
  "/",
  "/connect/oauth2",
  "/connect/oauth2/decision",
  "/oauth2/v1/tokens/bearer",
  "/v2/oauth2/tokens/revoke",
  "/v1/openid_connect/userinfo",
  "/v3/company/9341000001234567/companyinfo/9341000001234567",
  "/v3/company/%2e%2e/query",
  "/_emulator/policy",
  "/_emulator/faults",
  "/_emulator/company",
  "/_emulator/app",
  "http://elsewhere.example/op/v1/jwks",
  "//",
];
const TYPES = ["application/json", "application/x-www-form-urlencoded", "text/plain", "x;y;z", ""];
const AUTHORIZATIONS = [BASIC, "Basic", "Basic OjpAQA==", "Bearer ", "Bearer \xff", ""];

const words = oneof(
  string({ unit: "binary" }),
  json(),
  constantFrom(
    "grant_type=refresh_token&refresh_token=%ff",
    "grant_type=__proto__",
    '{"token":null}',
    '{"kind":"slow"}',
    "null",
  ),
);

interface RawRequest {
  method: string;
  path: string;
  query: string;
  type: string;
  authorization: string;
  body: string;
}

/** Sends bytes as they are and answers the status line; anything else would be a crash or a hang. */
function send(port: number, request: RawRequest): Promise<string> {
  const body = Buffer.from(request.body, "utf8");
  const head = [
    `${request.method} ${request.path}?${Buffer.from(request.query, "utf8").toString("hex").replaceAll(/../g, "%$&")} HTTP/1.1`,
    "host: localhost",
    "connection: close",
    `content-type: ${request.type}`,
    `authorization: ${request.authorization}`,
    `content-length: ${body.length}`,
  ];
  return new Promise((resolve, reject) => {
    let received = "";
    const socket = connect({ host: "127.0.0.1", port }, () => {
      socket.write(`${head.join("\r\n")}\r\n\r\n`, "latin1");
      socket.write(body);
    });
    socket.setTimeout(10_000, () => socket.destroy(new Error("The emulator did not answer.")));
    socket.on("data", (chunk) => (received += chunk.toString("latin1")));
    socket.on("close", () => resolve(received.split("\r\n", 1)[0] ?? ""));
    socket.on("error", reject);
  });
}

test("whatever is sent, it answers, never with a failure of its own, and goes on working", async () => {
  const emulator = await start();
  const port = Number(new URL(emulator.baseUrl).port);
  const request = record<RawRequest>({
    method: constantFrom(...METHODS),
    path: constantFrom(...PATHS),
    query: words,
    type: constantFrom(...TYPES),
    authorization: constantFrom(...AUTHORIZATIONS),
    body: words,
  });
  await assert(
    asyncProperty(request, async (raw) => {
      expect(await send(port, raw)).toMatch(/^HTTP\/1\.1 [234]\d\d /);
    }),
    { numRuns: 300 },
  );
  await fetch(`${emulator.baseUrl}/_emulator/reset`, { method: "POST" });
  const { access_token } = await signIn(emulator);
  expect((await get(emulator, "/v1/openid_connect/userinfo", access_token)).status).toBe(200);
});
