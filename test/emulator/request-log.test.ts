import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { LoggedRequest } from "../../src/emulator/state/request-log.ts";
import type { Emulator } from "../../src/emulator/emulator.ts";
import {
  ALL_SCOPES,
  BASIC,
  consent,
  control,
  exchange,
  getCompanyInfo,
  readTokens,
  refresh,
  revoke,
  start,
} from "./emulator-client.ts";

async function readLog(emulator: Emulator): Promise<LoggedRequest[]> {
  return (await control<{ requests: LoggedRequest[] }>(emulator, "requests")).requests;
}

function fingerprint(value: string): string {
  return `sha256:${createHash("sha256").update(value).digest("hex").slice(0, 12)}`;
}

test("the log tells what was received, with every secret as a fingerprint", async () => {
  const emulator = await start();
  const code = (await consent(emulator, { state: "my-secret-state" })).get("code") ?? "";
  const tokens = await readTokens(await exchange(emulator, code));
  const refreshed = await readTokens(await refresh(emulator, tokens.refresh_token));
  await getCompanyInfo(emulator, refreshed.access_token);
  await revoke(emulator, tokens.refresh_token);
  const log = await readLog(emulator);
  expect(log.map(({ method, endpoint, status }) => [method, endpoint, status])).toEqual([
    ["GET", "authorize", 302],
    ["POST", "token", 200],
    ["POST", "token", 200],
    ["GET", "companyinfo", 200],
    ["POST", "revoke", 200],
  ]);
  expect(log[0]?.query).toMatchObject({ scope: ALL_SCOPES, state: fingerprint("my-secret-state") });
  expect(log[1]?.body).toMatchObject({ grant_type: "authorization_code", code: fingerprint(code) });
  expect(log[1]?.headers["authorization"]).toBe(`Basic ${fingerprint(BASIC.slice(6))}`);
  expect(log[2]?.body).toEqual({ grant_type: "refresh_token", refresh_token: fingerprint(tokens.refresh_token) });
  expect(log[3]?.query).toEqual({ minorversion: "75" });
  expect(log[3]?.headers["authorization"]).toBe(`Bearer ${fingerprint(refreshed.access_token)}`);
  expect(log[4]?.body).toEqual({ token: fingerprint(tokens.refresh_token) });
  const everything = JSON.stringify(log);
  const secrets = [
    code,
    "my-secret-state",
    BASIC.slice(6),
    tokens.refresh_token,
    tokens.access_token,
    refreshed.access_token,
  ];
  for (const secret of secrets) expect(everything).not.toContain(secret);
});

test("what cannot be read as fields is shown as a fingerprint, and an unanswered request has no status", async () => {
  const emulator = await start();
  const url = `${emulator.baseUrl}/v2/oauth2/tokens/revoke`;
  const send = (type: string): Promise<unknown> =>
    fetch(url, { method: "POST", headers: { "content-type": type }, body: "{secret" });
  await send("application/json");
  await send("text/plain");
  await control(emulator, "faults", { kind: "lost-reply" });
  await expect(send("text/plain")).rejects.toBeInstanceOf(TypeError);
  const log = await readLog(emulator);
  expect(log).toHaveLength(3);
  for (const { body } of log) expect(body).toEqual({ "(body)": fingerprint("{secret") });
  expect(log.at(-1)).toMatchObject({ status: null, fault: "lost-reply" });
});
