import { QboError } from "../../core/errors.ts";
import { parseInstant, type Instant } from "../../core/instant.ts";
import { makePrintable } from "../../core/printable.ts";
import { isRealmId } from "../../core/realm-id.ts";
import { Secret } from "../../core/secret.ts";
import { isClientId, isSettingName } from "../../core/setting-names.ts";
import { isScope, readScopes } from "../../intuit/scopes.ts";
import { isObject } from "../../oauth/intuit-answer.ts";

/** A connection as it is brought in. What is absent is taken from the settings, or stays unknown. */
export interface ImportEntry {
  environment: string | undefined;
  app: string | undefined;
  clientId: string | undefined;
  clientSecret: Secret | undefined;
  realmId: string;
  name: string | undefined;
  companyName: string | undefined;
  scopes: string[] | undefined;
  refreshToken: Secret;
  refreshTokenExpiresAt: Instant | undefined;
  hardExpiresAt: Instant | undefined;
  rotatedAt: Instant | undefined;
  accessToken: Secret | undefined;
  accessTokenExpiresAt: Instant | undefined;
}

/**
 * Reads what is to be imported: a JSON object, an array of them, or one per line. Keys are those of qbo's own JSON, or as Intuit's token
 * endpoint writes them.
 * @throws USAGE when the text is none of these.
 */
export function readImportText(text: string): unknown[] {
  const trimmed = text.trim();
  if (trimmed === "") throw refuse("there is nothing in it");
  const whole = parse(trimmed);
  if (whole !== undefined) return Array.isArray(whole) ? whole : [whole];
  const lines = trimmed.split(/\r?\n/).filter((line) => line.trim() !== "");
  return lines.map((line, index) => parse(line) ?? fail(refuse(`line ${index + 1} is not JSON`)));
}

/**
 * Reads one entry. `now` is what relative lifetimes count from.
 * @throws USAGE naming the key that is wrong, never its value.
 */
export function readImportEntry(value: unknown, now: Instant): ImportEntry {
  if (!isObject(value)) throw refuse("an entry is not an object");
  const field = (...keys: string[]) =>
    keys.map((key) => value[key]).find((found) => found !== undefined && found !== null);
  const refreshToken = readToken("refreshToken", field("refreshToken", "refresh_token"), 512);
  if (!refreshToken) throw refuse("refreshToken is missing");
  const realmId = field("realmId", "realm_id", "realmid");
  if (typeof realmId !== "string" || !isRealmId(realmId))
    throw refuse("realmId must be the company's realm ID, a text of digits");
  return {
    environment: readText("environment", field("environment", "env"), isSettingName),
    app: readText("app", field("app"), isSettingName),
    clientId: readText("clientId", field("clientId", "client_id"), isClientId),
    clientSecret: readToken("clientSecret", field("clientSecret", "client_secret"), 512),
    realmId,
    name: readText("name", field("name"), () => true),
    companyName: readText("companyName", field("companyName", "company_name"), () => true),
    scopes: readScopeList(field("scopes", "scope")),
    refreshToken,
    refreshTokenExpiresAt: readMoment(
      "refreshTokenExpiresAt",
      field("refreshTokenExpiresAt"),
      field("x_refresh_token_expires_in"),
      now,
    ),
    hardExpiresAt: readMoment("hardExpiresAt", field("hardExpiresAt"), field("x_refresh_token_hard_expires_in"), now),
    rotatedAt: readMoment("rotatedAt", field("rotatedAt", "refreshTokenRotatedAt"), undefined, now),
    accessToken: readToken("accessToken", field("accessToken", "access_token"), 4096),
    accessTokenExpiresAt: readMoment(
      "accessTokenExpiresAt",
      field("accessTokenExpiresAt", "expiresAt"),
      field("expires_in"),
      now,
    ),
  };
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value ?? undefined;
  } catch {
    // Whether it is one document or one per line is found out by trying; the caller reports what fits neither.
    return undefined;
  }
}

function readText(key: string, value: unknown, isValid: (text: string) => boolean): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "string" || value.length > 300 || !isValid(value)) throw refuse(`${key} is malformed`);
  return makePrintable(value);
}

function readToken(key: string, value: unknown, longest: number): Secret | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "string" || value.length > longest || !/^[\x21-\x7e]+$/.test(value))
    throw refuse(`${key} is malformed`);
  return new Secret(value);
}

function readScopeList(value: unknown): string[] | undefined {
  if (value === undefined) return undefined;
  const scopes = typeof value === "string" ? readScopes(value) : value;
  if (!Array.isArray(scopes)) throw refuse("scopes must be a list");
  return scopes.map((scope: unknown) =>
    typeof scope === "string" && isScope(scope) ? scope : fail(refuse("scopes is malformed")),
  );
}

function readMoment(key: string, absolute: unknown, secondsLeft: unknown, now: Instant): Instant | undefined {
  if (absolute === undefined) {
    const seconds = Number(secondsLeft);
    return secondsLeft !== undefined && Number.isInteger(seconds) && seconds >= 0 && seconds < 315_360_000
      ? now + seconds * 1000
      : undefined;
  }
  const instant = typeof absolute === "string" ? parseInstant(absolute) : undefined;
  return instant ?? fail(refuse(`${key} must be a time such as 2026-01-31T12:00:00Z`));
}

function refuse(why: string): QboError {
  return new QboError("USAGE", `What was given to import cannot be used: ${why}.`, {
    hint: 'Give JSON like {"environment":"sandbox","realmId":"…","refreshToken":"…"}; see qbo help import',
  });
}

function fail(error: QboError): never {
  throw error;
}
