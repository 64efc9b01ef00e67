import { generateKeyPairSync } from "node:crypto";
import { expect, onTestFinished } from "vitest";
import type { Emulator, EmulatorOptions } from "../../src/emulator/emulator.ts";
import { startEmulator } from "../../src/emulator/emulator.ts";

/** A client written for these tests alone: it shares no protocol code with anything in src. */

export const REDIRECT_URI = "https://localhost:8722/callback";
export const ACCOUNTING = "com.intuit.quickbooks.accounting";
export const ALL_SCOPES = `${ACCOUNTING} openid profile email phone address`;
export const BASIC = basic("qbo-emulator-client", "qbo-emulator-secret");
export const DAY = 86_400;

// Made once for a whole file of tests: a new RSA key for every case would take most of their time.
const SIGNING_KEY_PEM = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .privateKey.export({ type: "pkcs8", format: "pem" })
  .toString();

export type Json = Record<string, unknown>;

export interface Tokens {
  access_token: string;
  refresh_token: string;
  expires_in: number;
  x_refresh_token_expires_in: number;
  x_refresh_token_hard_expires_in?: number;
  id_token?: string;
}

/** Starts an emulator over plain http on a free port; it closes when the test ends. */
export async function start(options: Partial<EmulatorOptions> = {}): Promise<Emulator> {
  const emulator = await startEmulator({
    port: 0,
    companies: 3,
    latencyMs: 0,
    autoApprove: true,
    production: false,
    redirectUris: [],
    signingKeyPem: SIGNING_KEY_PEM,
    ...options,
  });
  onTestFinished(() => emulator.close());
  return emulator;
}

export function basic(clientId: string, clientSecret: string): string {
  return `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}`;
}

export function authorizeUrl({ baseUrl }: Emulator, changes: Record<string, string | undefined> = {}): string {
  const params = {
    client_id: "qbo-emulator-client",
    response_type: "code",
    scope: ALL_SCOPES,
    redirect_uri: REDIRECT_URI,
    state: "the-state",
    ...changes,
  };
  const given = Object.entries(params).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return `${baseUrl}/connect/oauth2?${new URLSearchParams(given).toString()}`;
}

/** Lets auto-approve consent and answers the callback's parameters. */
export async function consent(emulator: Emulator, changes: Record<string, string> = {}): Promise<URLSearchParams> {
  const response = await fetch(authorizeUrl(emulator, changes), { redirect: "manual" });
  return new URL(response.headers.get("location") ?? "").searchParams;
}

export function postToken(
  { baseUrl }: Emulator,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${baseUrl}/oauth2/v1/tokens/bearer`, {
    method: "POST",
    headers: { authorization: BASIC, accept: "application/json", ...headers },
    body: new URLSearchParams(form),
    redirect: "manual",
  });
}

export function exchange(emulator: Emulator, code: string, headers: Record<string, string> = {}): Promise<Response> {
  return postToken(emulator, { grant_type: "authorization_code", code, redirect_uri: REDIRECT_URI }, headers);
}

export function refresh(
  emulator: Emulator,
  refreshToken: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  return postToken(emulator, { grant_type: "refresh_token", refresh_token: refreshToken }, headers);
}

/** Consent and exchange in one. */
export async function signIn(emulator: Emulator, changes: Record<string, string> = {}): Promise<Tokens> {
  const callback = await consent(emulator, changes);
  const form = {
    grant_type: "authorization_code",
    code: callback.get("code") ?? "",
    redirect_uri: changes["redirect_uri"] ?? REDIRECT_URI,
  };
  return readTokens(await postToken(emulator, form, { "x-include-refresh-token-hard-expires-in": "true" }));
}

export async function readTokens(response: Response): Promise<Tokens> {
  if (response.status !== 200) throw new Error(`No tokens: ${response.status} ${await response.text()}`);
  return readJson<Tokens>(response);
}

export async function readJson<T = Json>(response: Response): Promise<T> {
  const value: T = JSON.parse(await response.text());
  return value;
}

export function revoke({ baseUrl }: Emulator, token: unknown, authorization = BASIC): Promise<Response> {
  return fetch(`${baseUrl}/v2/oauth2/tokens/revoke`, {
    method: "POST",
    headers: { authorization, "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ token }),
  });
}

export function get(
  { baseUrl }: Emulator,
  path: string,
  accessToken?: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  const authorization: Record<string, string> =
    accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` };
  return fetch(`${baseUrl}${path}`, {
    headers: { accept: "application/json", ...authorization, ...headers },
    redirect: "manual",
  });
}

export function getCompanyInfo(emulator: Emulator, accessToken: string, realmId?: string): Promise<Response> {
  const realm = realmId ?? firstRealm(emulator);
  return get(emulator, `/v3/company/${realm}/companyinfo/${realm}?minorversion=75`, accessToken);
}

export function firstRealm(emulator: Emulator): string {
  return emulator.announcement().companies[0]?.realmId ?? "";
}

/** Uses one of the emulator's own controls; fails the test when it refuses. */
export async function control<T = Json>(
  { baseUrl }: Emulator,
  path: string,
  body?: unknown,
  method?: string,
): Promise<T> {
  const response = await fetch(`${baseUrl}/_emulator/${path}`, {
    method: method ?? (body === undefined ? "GET" : "POST"),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return readJson<T>(response);
}

export async function countEffects(emulator: Emulator): Promise<Json> {
  return (await control<{ counts: Json }>(emulator, "state")).counts;
}

/** Seconds that are left of a time which began with the consent: a little of it has passed since. */
export function expectAbout(left: number | undefined, whole: number): void {
  expect(left).toBeLessThanOrEqual(whole);
  expect(left).toBeGreaterThan(whole - 30);
}

/** The statuses of several answers, lowest first. */
export function sortStatuses(answers: readonly Response[]): number[] {
  return answers.map(({ status }) => status).toSorted((left, right) => left - right);
}

export const INVALID_REFRESH = { error: "invalid_grant", error_description: "Incorrect or invalid refresh token" };
export const INVALID_CODE = { error: "invalid_grant", error_description: "Invalid authorization code" };
