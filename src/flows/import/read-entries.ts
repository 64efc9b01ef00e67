import type { Instant } from "../../core/instant.ts";
import { isObject } from "../../core/plain-object.ts";
import { makePrintable } from "../../core/printable.ts";
import { isRealmId } from "../../core/realm-id.ts";
import { Secret } from "../../core/secret.ts";
import { isClientId, isSettingName } from "../../core/setting-names.ts";
import { isScope, readScopes } from "../../intuit/scopes.ts";
import { readTimes, type EntryTimes, type FindField } from "./read-times.ts";
import { refuseImport } from "./refuse-import.ts";

/** A connection as it is brought in. What is absent is taken from the settings, or stays unknown. */
export interface ImportEntry extends EntryTimes {
  environment: string | undefined;
  app: string | undefined;
  clientId: string | undefined;
  clientSecret: Secret | undefined;
  realmId: string;
  name: string | undefined;
  companyName: string | undefined;
  scopes: string[] | undefined;
  refreshToken: Secret;
  accessToken: Secret | undefined;
}

/**
 * Reads one entry. `now` is what lifetimes count from when the entry names no issue time; `realmId` is the company when it names none.
 * @throws USAGE naming the key that is wrong, never its value.
 */
export function readImportEntry(value: unknown, now: Instant, realmId?: string): ImportEntry {
  if (!isObject(value)) throw refuseImport("an entry is not an object");
  const field: FindField = (...keys) =>
    keys.map((key) => value[key]).find((found) => found !== undefined && found !== null);
  const refreshToken = readToken("refreshToken", field("refreshToken", "refresh_token"), 512);
  if (!refreshToken) throw refuseImport("refreshToken is missing");
  return {
    environment: readText("environment", field("environment", "env"), isSettingName),
    app: readText("app", field("app"), isSettingName),
    clientId: readText("clientId", field("clientId", "client_id"), isClientId),
    clientSecret: readToken("clientSecret", field("clientSecret", "client_secret"), 512),
    realmId: readRealmId(field("realmId", "realm_id", "realmid"), realmId),
    name: readText("name", field("name"), () => true),
    companyName: readText("companyName", field("companyName", "company_name"), () => true),
    scopes: readScopeList(field("scopes", "scope")),
    refreshToken,
    accessToken: readToken("accessToken", field("accessToken", "access_token"), 4096),
    ...readTimes(field, now),
  };
}

function readRealmId(own: unknown, given: string | undefined): string {
  if (own !== undefined && given !== undefined && own !== given)
    throw refuseImport("it names another realmId than --realm");
  const realmId = own ?? given;
  if (typeof realmId === "string" && isRealmId(realmId)) return realmId;
  throw refuseImport(
    realmId === undefined
      ? "nothing says which company it is about: realmId is missing, and no --realm <id> is given"
      : "realmId must be the company's realm ID, a text of digits",
  );
}

function readText(key: string, value: unknown, isValid: (text: string) => boolean): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "string" || value.length > 300 || !isValid(value)) throw refuseImport(`${key} is malformed`);
  return makePrintable(value);
}

function readToken(key: string, value: unknown, longest: number): Secret | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "string" || value.length > longest || !/^[\x21-\x7e]+$/.test(value))
    throw refuseImport(`${key} is malformed`);
  return new Secret(value);
}

function readScopeList(value: unknown): string[] | undefined {
  if (value === undefined) return undefined;
  const scopes = typeof value === "string" ? readScopes(value) : value;
  if (!Array.isArray(scopes)) throw refuseImport("scopes must be a list");
  return scopes.map((scope: unknown) => {
    if (typeof scope === "string" && isScope(scope)) return scope;
    throw refuseImport("scopes is malformed");
  });
}
