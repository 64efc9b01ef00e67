import { chmodSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Emulator } from "../../src/emulator/emulator.ts";
import { control, countEffects, start } from "../emulator/emulator-client.ts";
import { fingerprintSecrets, listFiles } from "./connections.ts";
import { createHome, type Home, runQbo } from "./qbo-process.ts";

/** A job on a machine that has never seen qbo: a repository's secret on stdin, everything else from the environment. */
interface Job {
  home: Home;
  emulator: Emulator;
  env: Record<string, string | undefined>;
  secret: string;
}

const app = { clientId: "ci-client", clientSecret: "ci-client-secret" };

async function openJob(policy: Record<string, unknown> = {}): Promise<Job> {
  const [home, emulator] = [createHome(), await start()];
  await control(emulator, "policy", policy);
  const secret = await connectCompany(emulator);
  const env = {
    CI: "true",
    QBO_ENV: "emulator",
    QBO_CLIENT_ID: app.clientId,
    QBO_CLIENT_SECRET: app.clientSecret,
    QBO_BROWSER: undefined,
  };
  return { home, emulator, env, secret };
}

/** What a person did once, elsewhere: the app connected, and its tokens copied into the repository's secrets. */
async function connectCompany(emulator: Emulator): Promise<string> {
  await control(emulator, "app", app);
  const redirectUri = "https://localhost:8722/callback";
  const query = { client_id: app.clientId, response_type: "code", redirect_uri: redirectUri, state: "s" };
  const scope = "com.intuit.quickbooks.accounting";
  const consent = await fetch(
    `${emulator.baseUrl}/connect/oauth2?${new URLSearchParams({ ...query, scope }).toString()}`,
    {
      redirect: "manual",
    },
  );
  const callback = new URL(consent.headers.get("location") ?? "").searchParams;
  const answer = await fetch(`${emulator.baseUrl}/oauth2/v1/tokens/bearer`, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(`${app.clientId}:${app.clientSecret}`).toString("base64")}` },
    body: new URLSearchParams({
      grant_type: "authorization_code",
      code: callback.get("code") ?? "",
      redirect_uri: redirectUri,
    }),
  });
  const tokens: { refresh_token: string } = JSON.parse(await answer.text());
  return JSON.stringify({ realmId: callback.get("realmId"), refreshToken: tokens.refresh_token });
}

const importSecret = ({ secret, ...job }: Job) =>
  runQbo(["import", "--stdin", "--if-absent"], { ...job, stdin: secret });

/** `TOKEN=$(qbo token)`: exactly one line. */
async function getToken(job: Job): Promise<string> {
  const { exitCode, stdout, stderr } = await runQbo(["token"], job);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).toMatch(/^[\x21-\x7e]{100,}\n$/);
  return stdout;
}

async function isAccepted({ emulator, secret }: Job, token: string): Promise<boolean> {
  const { realmId }: { realmId: string } = JSON.parse(secret);
  const headers = { authorization: `Bearer ${token.trim()}` };
  return (await fetch(`${emulator.baseUrl}/v3/company/${realmId}/companyinfo/${realmId}`, { headers })).status === 200;
}

test("import, then token: nothing is asked, one line is printed, nothing is written but the store", async () => {
  const job = await openJob();
  const imported = await importSecret(job);
  expect(imported).toMatchObject({ exitCode: 0, signal: null });
  const token = await getToken(job);
  expect(await isAccepted(job, token)).toBe(true);
  expect(await getToken(job)).toBe(token);
  expect(await countEffects(job.emulator)).toMatchObject({ refreshes: 1 });
  expect(listFiles(job.home.config)).toEqual([]);
  expect(readdirSync(job.home.folder).toSorted()).toEqual(["config", "state"]);
  const told = `${imported.stdout}${imported.stderr}`;
  for (const secret of [app.clientSecret, JSON.parse(job.secret).refreshToken]) expect(told).not.toContain(secret);
});

test("the next run keeps the token that has rotated meanwhile", async () => {
  const job = await openJob({ rotateAfterSeconds: 0, oldRefreshTokens: "revoke-chain" });
  await importSecret(job);
  const token = await getToken(job);
  const before = fingerprintSecrets(job.home);
  const again = await importSecret(job);
  expect(again.exitCode).toBe(0);
  expect(`${again.stdout}${again.stderr}`).toContain("kept");
  expect(fingerprintSecrets(job.home)).toEqual(before);
  expect(await getToken(job)).toBe(token);
  const refreshed = await runQbo(["refresh"], job);
  expect(refreshed.exitCode).toBe(0);
  expect(await countEffects(job.emulator)).toMatchObject({ refreshes: 2, rejectedRefreshes: 0 });
});

test("without --if-absent, too, an old secret never replaces a newer token", async () => {
  const job = await openJob({ rotateAfterSeconds: 0, oldRefreshTokens: "revoke-chain" });
  await importSecret(job);
  const token = await getToken(job);
  const again = await runQbo(["import", "--stdin"], { ...job, stdin: job.secret });
  expect(again.exitCode).toBe(0);
  expect(await getToken(job)).toBe(token);
});

test("several jobs begin at once on one store", async () => {
  const job = await openJob({ rotateAfterSeconds: 0, oldRefreshTokens: "revoke-chain" });
  const tokens = await Promise.all(
    Array.from({ length: 6 }, async () => {
      expect(await importSecret(job)).toMatchObject({ exitCode: 0 });
      return getTokenOfMany(job);
    }),
  );
  expect(new Set(tokens).size).toBe(1);
  expect(await countEffects(job.emulator)).toMatchObject({ refreshes: 1, rejectedRefreshes: 0 });
});

/** Others may hold the connection for a while, which is told on stderr. */
async function getTokenOfMany(job: Job): Promise<string> {
  const { exitCode, stdout, stderr } = await runQbo(["token"], job);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr });
  return stdout;
}

test("without a home, and with one that must not be written", async () => {
  const job = await openJob();
  const homeless = { ...job, env: { ...job.env, HOME: undefined } };
  expect(await importSecret(homeless)).toMatchObject({ exitCode: 0 });
  const token = await getToken(homeless);
  const forbidden = join(job.home.folder, "home");
  mkdirSync(forbidden);
  chmodSync(forbidden, 0o500);
  const guest = { ...job, env: { ...job.env, HOME: forbidden } };
  expect(await getToken(guest)).toBe(token);
  expect(listFiles(forbidden)).toEqual([]);
});

test("without QBO_STORE_KEY the key lies beside the store, in a file for its owner alone", async () => {
  const opened = await openJob();
  const job = { ...opened, env: { ...opened.env, QBO_STORE_KEY: undefined } };
  expect(await importSecret(job)).toMatchObject({ exitCode: 0 });
  const token = await getToken(job);
  expect(await isAccepted(job, token)).toBe(true);
  expect(listFiles(job.home.state)).toContain(join("secrets", "key"));
});
