import { QboError } from "./errors.ts";
import { formatInstant, formatOptionalInstant } from "./instant.ts";
import { readRecord } from "./record-fields.ts";
import type { Fields } from "./record-fields.ts";
import { Secret } from "./secret.ts";
import type { AccessToken, Tokens } from "./tokens.ts";

/**
 * The text under which a vault keeps a connection's tokens, in two lines. The first is whole by itself and holds what
 * cannot be had again: the refresh token and all times. The second is the access token. A store that writes in small
 * pieces and is interrupted between them thus loses at most an access token.
 *
 * Throws UNEXPECTED for tokens that RFC 6749 does not allow (appendix A: printable ASCII only); whoever received them
 * has to refuse them first.
 */
export function encodeTokens(tokens: Tokens): string {
  const { generation, refreshToken, accessToken } = tokens;
  const access = accessToken === null ? "" : revealChecked(accessToken.secret);
  const firstLine = {
    version: 1,
    generation,
    refreshToken: {
      value: revealChecked(refreshToken.secret),
      expiresAt: formatOptionalInstant(refreshToken.expiresAt),
      rotatedAt: formatInstant(refreshToken.rotatedAt),
      hardExpiresAt: formatOptionalInstant(refreshToken.hardExpiresAt),
    },
    accessToken: accessToken && {
      expiresAt: formatInstant(accessToken.expiresAt),
      ...(accessToken.receivedAt === undefined ? {} : { receivedAt: formatInstant(accessToken.receivedAt) }),
      length: access.length,
      checksum: computeChecksum(access),
    },
  };
  return `${JSON.stringify(firstLine)}\n${access}`;
}

/**
 * The tokens in a text that `encodeTokens` made; without the access token when the second line is not the one that the
 * first line describes. Throws STORE_CORRUPT, also for a record of a later version.
 */
export function decodeTokens(text: string): Tokens {
  const [firstLine = "", access = "", ...rest] = text.split("\n");
  return readRecord("The token record", firstLine, (fields) => ({
    generation: fields.count("generation"),
    refreshToken: fields.object("refreshToken", (refresh) => ({
      secret: new Secret(refresh.textThat("value", isToken, "a token")),
      expiresAt: refresh.optionalInstant("expiresAt"),
      rotatedAt: refresh.instant("rotatedAt"),
      hardExpiresAt: refresh.optionalInstant("hardExpiresAt"),
    })),
    accessToken: fields.optionalObject("accessToken", (described) =>
      matchAccessToken(described, rest.length === 0 ? access : ""),
    ),
  }));
}

function matchAccessToken(described: Fields, access: string): AccessToken | null {
  const expiresAt = described.instant("expiresAt");
  const length = described.count("length");
  const checksum = described.text("checksum");
  const isIntact = isToken(access) && access.length === length && computeChecksum(access) === checksum;
  if (!isIntact) return null;
  const receivedAt = described.instantIfPresent("receivedAt");
  return { secret: new Secret(access), expiresAt, ...(receivedAt === undefined ? {} : { receivedAt }) };
}

function revealChecked(token: Secret): string {
  const value = token.reveal();
  if (isToken(value)) return value;
  throw new QboError(
    "UNEXPECTED",
    "A token is empty or holds characters other than printable ASCII; it was not stored.",
  );
}

/** 1*VSCHAR (RFC 6749, appendixes A.12 and A.17). */
function isToken(text: string): boolean {
  return /^[\x20-\x7e]+$/.test(text);
}

/** FNV-1a, 32 bits: it tells a torn write, and spares every start from loading a hash library. Sealing is what protects. */
function computeChecksum(access: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < access.length; index += 1) {
    hash = Math.imul(hash ^ access.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}
