import { formatConnectionId } from "./connection.ts";
import type { ConnectionFacts, IdTokenFacts, RefreshOutcome, RejectionMark, TokenFacts } from "./connection.ts";
import { hasEndpoints, readEndpoints } from "./endpoints-record.ts";
import { errorTable } from "./errors.ts";
import type { ErrorCode } from "./errors.ts";
import { formatInstant, formatOptionalInstant } from "./instant.ts";
import { isRealmId } from "./realm-id.ts";
import { redact } from "./redaction.ts";
import { readRecord } from "./record-fields.ts";
import type { Fields } from "./record-fields.ts";

const outcomes = ["ok", "rejected", "unconfirmed", "unreachable"] as const satisfies readonly RefreshOutcome[];

/**
 * The text in which facts are kept: JSON that a person can read. Name and ID are not in it: the first is where the
 * record lies, the second follows from environment, client ID and realm ID.
 */
export function encodeFacts(facts: ConnectionFacts): string {
  const { id: _id, name: _name, ...kept } = facts;
  const { tokens, lastRefresh, rejection, idToken } = facts;
  const record = {
    version: 1,
    ...kept,
    connectedAt: formatInstant(facts.connectedAt),
    lastUsedAt: formatOptionalInstant(facts.lastUsedAt),
    tokens: {
      ...tokens,
      accessTokenExpiresAt: formatOptionalInstant(tokens.accessTokenExpiresAt),
      accessTokenReceivedAt:
        tokens.accessTokenReceivedAt === undefined ? undefined : formatInstant(tokens.accessTokenReceivedAt),
      refreshTokenExpiresAt: formatOptionalInstant(tokens.refreshTokenExpiresAt),
      refreshTokenRotatedAt: formatInstant(tokens.refreshTokenRotatedAt),
      hardExpiresAt: formatOptionalInstant(tokens.hardExpiresAt),
    },
    companyName: facts.companyName && redact(facts.companyName),
    lastRefresh: lastRefresh && { ...lastRefresh, at: formatInstant(lastRefresh.at) },
    rejection: rejection && { ...rejection, at: formatInstant(rejection.at), detail: redact(rejection.detail) },
    disconnectedAt: formatOptionalInstant(facts.disconnectedAt),
    idToken: idToken && {
      ...idToken,
      verifiedAt: formatInstant(idToken.verifiedAt),
      expiresAt: formatOptionalInstant(idToken.expiresAt),
    },
  };
  return `${JSON.stringify(record, null, 2)}\n`;
}

/** Reads the text of one record. */
export type FactsDecoder = (text: string, name: string) => ConnectionFacts;

/**
 * The facts in a text that `encodeFacts` made. Throws STORE_CORRUPT, also for a record of a later version.
 */
export function decodeFacts(text: string, name: string): ConnectionFacts {
  return createFactsDecoder()(text, name);
}

/**
 * Makes a decoder for many records. Every field is checked; the checks are written by hand because thousands of records are read at
 * once. Most of them have the addresses and the scopes of the record before, which are then neither checked nor kept a second time.
 */
export function createFactsDecoder(): FactsDecoder {
  let latest: Alike | undefined;
  return (text, name) =>
    readRecord(`The record of the connection ${name}`, text, (fields) => {
      const endpoints = fields.object("endpoints", (found) =>
        latest && hasEndpoints(found, latest.endpoints) ? latest.endpoints : readEndpoints(found),
      );
      const scopes = latest && fields.hasTexts("scopes", latest.scopes) ? latest.scopes : fields.texts("scopes");
      if (endpoints !== latest?.endpoints || scopes !== latest.scopes) latest = { endpoints, scopes };
      return readFacts(fields, name, latest);
    });
}

/** What many records have in common. */
type Alike = Pick<ConnectionFacts, "endpoints" | "scopes">;

/** Which connection a record is about. */
export function readIdentity(fields: Fields): Pick<ConnectionFacts, "id" | "environment" | "clientId" | "realmId"> {
  const environment = fields.textThat("environment", isIdentityPart, "an environment");
  const clientId = fields.textThat("clientId", isIdentityPart, "a client ID");
  const realmId = fields.textThat("realmId", isRealmId, "a realm ID");
  return { id: formatConnectionId({ environment, clientId, realmId }), environment, clientId, realmId };
}

function readFacts(fields: Fields, name: string, { endpoints, scopes }: Alike): ConnectionFacts {
  const { id, environment, clientId, realmId } = readIdentity(fields);
  const alsoIn = fields.textIfPresent("alsoIn");
  return {
    id,
    name,
    environment,
    app: fields.text("app"),
    clientId,
    realmId,
    companyName: fields.optionalText("companyName"),
    scopes,
    store: fields.text("store"),
    ...(alsoIn === undefined ? {} : { alsoIn }),
    endpoints,
    connectedAt: fields.instant("connectedAt"),
    lastUsedAt: fields.optionalInstant("lastUsedAt"),
    tokens: fields.object("tokens", readTokenFacts),
    lastRefresh: fields.optionalObject("lastRefresh", readLastRefresh),
    rejection: fields.optionalObject("rejection", readRejection),
    disconnectedAt: fields.optionalInstant("disconnectedAt"),
    idToken: fields.optionalObject("idToken", readIdToken),
    isPending: fields.flag("isPending"),
  };
}

function readTokenFacts(fields: Fields): TokenFacts {
  const accessTokenReceivedAt = fields.instantIfPresent("accessTokenReceivedAt");
  return {
    generation: fields.count("generation"),
    accessTokenExpiresAt: fields.optionalInstant("accessTokenExpiresAt"),
    ...(accessTokenReceivedAt === undefined ? {} : { accessTokenReceivedAt }),
    refreshTokenExpiresAt: fields.optionalInstant("refreshTokenExpiresAt"),
    refreshTokenRotatedAt: fields.instant("refreshTokenRotatedAt"),
    hardExpiresAt: fields.optionalInstant("hardExpiresAt"),
    refreshTokenFingerprint: fields.text("refreshTokenFingerprint"),
  };
}

function readLastRefresh(fields: Fields): NonNullable<ConnectionFacts["lastRefresh"]> {
  const outcome = fields.text("outcome");
  return {
    at: fields.instant("at"),
    outcome: outcomes.find((known) => known === outcome) ?? fields.refuse("outcome", "a known outcome"),
    intuitTid: fields.optionalText("intuitTid"),
  };
}

function readRejection(fields: Fields): RejectionMark {
  const code = fields.text("code");
  return {
    at: fields.instant("at"),
    code: isErrorCode(code) ? code : fields.refuse("code", "a known error code"),
    detail: fields.text("detail"),
    intuitTid: fields.optionalText("intuitTid"),
  };
}

function readIdToken(fields: Fields): IdTokenFacts {
  return {
    verified: fields.flag("verified"),
    verifiedAt: fields.instant("verifiedAt"),
    issuer: fields.optionalText("issuer"),
    audience: fields.texts("audience"),
    subject: fields.optionalText("subject"),
    realmId: fields.optionalText("realmId"),
    expiresAt: fields.optionalInstant("expiresAt"),
  };
}

/** Neither empty nor with the separator of `formatConnectionId` in it. */
function isIdentityPart(text: string): boolean {
  return text !== "" && !text.includes("/");
}

function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorTable, text);
}
