import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { closeServer } from "../adapters/callback-server/fixture.ts";
import { start } from "../emulator/emulator-client.ts";
import { seed } from "./connections.ts";
import { createHome, readAnswer, runQbo } from "./qbo-process.ts";

/** No text in any encoding: what is made of it as text is another file. */
const pdf = Buffer.from([0x25, 0x50, 0x44, 0x46, 0x2d, 0xff, 0xfe, 0x00, 0x0d, 0x0a, 0xe2, 0x28, 0xa1, 0x0a]);

/** A connection whose API gives a file. */
async function setScene() {
  const server = createServer((_request, response) => response.setHeader("content-type", "application/pdf").end(pdf));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => closeServer(server));
  const { port }: AddressInfo = Object.assign({ address: "", family: "", port: 0 }, server.address());
  const [home, emulator] = [createHome(), await start()];
  const endpoints = {
    authorizationEndpoint: `${emulator.baseUrl}/connect/oauth2`,
    tokenEndpoint: `${emulator.baseUrl}/oauth2/v1/tokens/bearer`,
    revocationEndpoint: `${emulator.baseUrl}/v2/oauth2/tokens/revoke`,
    userinfoEndpoint: `${emulator.baseUrl}/v1/openid_connect/userinfo`,
    jwksUri: `${emulator.baseUrl}/op/v1/jwks`,
    issuer: `${emulator.baseUrl}/op/v1`,
  };
  const environments = { files: { ...endpoints, apiBaseUrl: `http://127.0.0.1:${port}` } };
  writeFileSync(join(home.config, "config.json"), JSON.stringify({ environments }));
  const env = { QBO_CLIENT_ID: "qbo-emulator-client", QBO_CLIENT_SECRET: "qbo-emulator-secret", QBO_ENV: "files" };
  await seed({ home, emulator, env }, 1, { environment: "files" });
  return { home, env };
}

test("a file arrives byte by byte in a pipe, behind the headers if they are wanted, and as base64 in JSON", async () => {
  const scene = await setScene();
  const file = join(scene.home.folder, "invoice.pdf");
  const into = async (words: string) =>
    runQbo([], { ...scene, through: ["sh", "-c", `"$0" "$1" ${words} > ${file}`] }).then(() => readFileSync(file));
  expect(await into("api invoice/1/pdf")).toEqual(pdf);
  const whole = await into("api invoice/1/pdf -i");
  expect(whole.subarray(-pdf.length)).toEqual(pdf);
  expect(whole.subarray(0, -pdf.length).toString()).toMatch(/^HTTP 200\n(?:[a-z-]+: .*\n)+\n$/);
  const answer = readAnswer(await runQbo(["api", "invoice/1/pdf", "--json"], scene));
  expect(answer).toMatchObject({ status: 200, bodyEncoding: "base64", body: pdf.toString("base64") });
});
