import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { Agent, get } from "node:https";
import { connect, createServer } from "node:net";
import * as x509 from "@peculiar/x509";
import { expect, onTestFinished, test } from "vitest";
import { authorizeUrl, signIn, start } from "./emulator-client.ts";

async function makeLeaf(): Promise<{ certificatePem: string; keyPem: string }> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=localhost",
    keys,
    signingAlgorithm: algorithm,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: "dns", value: "localhost" }])],
  });
  const key = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  return {
    certificatePem: certificate.toString("pem"),
    keyPem: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`,
  };
}

/** Sends raw bytes and answers everything that comes back until the connection ends. */
function sendRaw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = "";
    const socket = connect({ host: "127.0.0.1", port }, () => socket.end(bytes));
    socket.on("data", (chunk) => (received += chunk.toString("latin1")));
    socket.on("close", () => resolve(received));
    socket.on("error", reject);
  });
}

function portOf(baseUrl: string): number {
  return Number(new URL(baseUrl).port);
}

test("with a certificate it speaks https, and announces what to trust", async () => {
  const tls = await makeLeaf();
  const emulator = await start({ tls });
  expect(emulator.baseUrl).toMatch(/^https:\/\/localhost:\d+$/);
  expect(emulator.announcement()).toMatchObject({
    certificate: tls.certificatePem,
    discoveryUrl: `${emulator.baseUrl}/.well-known/openid_configuration`,
    clientId: "qbo-emulator-client",
    clientSecret: "qbo-emulator-secret",
  });
  const agent = new Agent({ ca: tls.certificatePem });
  const status = await new Promise((resolve, reject) => {
    get(`${emulator.baseUrl}/op/v1/jwks`, { agent }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on("error", reject);
  });
  expect(status).toBe(200);
});

test("a certificate that is none is a typed error", async () => {
  await expect(start({ tls: { certificatePem: "x", keyPem: "y" } })).rejects.toMatchObject({
    code: "CERTIFICATE_UNUSABLE",
  });
});

test("without a certificate it announces none", async () => {
  const emulator = await start();
  expect(emulator.announcement()).toMatchObject({ certificate: null, baseUrl: emulator.baseUrl });
  expect(emulator.baseUrl).toMatch(/^http:/);
});

test("it answers on both loopback addresses and the same port", async () => {
  const { baseUrl } = await start();
  for (const host of ["127.0.0.1", "[::1]"]) {
    expect((await fetch(`http://${host}:${portOf(baseUrl)}/op/v1/jwks`)).status).toBe(200);
  }
});

test.each(["127.0.0.1", "::1"])(
  "a port that is taken on %s is a typed error, and the other address is let go",
  async (host) => {
    const blocker = createServer();
    await new Promise<void>((resolve) => void blocker.listen({ host, port: 0 }, resolve));
    const address = blocker.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    onTestFinished(() => new Promise<void>((resolve) => void blocker.close(() => resolve())));
    await expect(start({ port })).rejects.toMatchObject({ code: "PORT_IN_USE" });
    await new Promise((resolve) => void blocker.close(resolve));
    expect((await start({ port })).baseUrl).toBe(`http://localhost:${port}`);
  },
);

test.each([
  ["an unknown company to approve for", { autoApprove: "1" }, "COMPANY_UNKNOWN"],
  [
    "a localhost redirect under production rules",
    { production: true, redirectUris: ["https://localhost/x"] },
    "REDIRECT_NOT_ALLOWED",
  ],
])("%s is a typed error", async (_name, options, code) => {
  await expect(start(options)).rejects.toMatchObject({ code });
});

test("what is no HTTP gets a marked 400, and the emulator lives on", async () => {
  const emulator = await start();
  const answer = await sendRaw(portOf(emulator.baseUrl), "\x16\x03\x01 hello\r\n\r\n");
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(answer).toContain("x-qbo-emulator: 1");
  expect((await fetch(authorizeUrl(emulator), { redirect: "manual" })).status).toBe(302);
});

test("a query of 1 MB and a body of 2 MB are refused", async () => {
  const emulator = await start();
  expect(
    await sendRaw(portOf(emulator.baseUrl), `GET /?${"x".repeat(1_000_000)} HTTP/1.1\r\n\r\n`).catch(() => ""),
  ).not.toContain("200 OK");
  const body = "x".repeat(2 * 1024 * 1024);
  expect((await fetch(`${emulator.baseUrl}/oauth2/v1/tokens/bearer`, { method: "POST", body })).status).toBe(413);
  expect((await signIn(emulator)).expires_in).toBe(3600);
});

test("close ends idle, half-sent and waiting connections at once, and can be called twice", async () => {
  const emulator = await start({ latencyMs: 600_000 });
  const port = portOf(emulator.baseUrl);
  const idle = sendAndHold(port, "");
  const half = sendAndHold(
    port,
    "POST /oauth2/v1/tokens/bearer HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\nab",
  );
  const waiting = sendAndHold(port, "GET /v1/openid_connect/userinfo HTTP/1.1\r\nhost: localhost\r\n\r\n");
  await Promise.all([idle.connected, half.connected, waiting.connected]);
  await emulator.close();
  await emulator.close();
  await Promise.all([idle.closed, half.closed, waiting.closed]);
  await expect(fetch(emulator.baseUrl)).rejects.toBeInstanceOf(TypeError);
});

function sendAndHold(port: number, bytes: string): { connected: Promise<void>; closed: Promise<void> } {
  const socket = connect({ host: "127.0.0.1", port });
  socket.on("error", () => undefined);
  return {
    connected: new Promise((resolve) => void socket.once("connect", () => socket.write(bytes, () => resolve()))),
    closed: new Promise((resolve) => void socket.once("close", () => resolve())),
  };
}
