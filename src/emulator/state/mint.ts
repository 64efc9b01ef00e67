import { createHash, randomBytes, randomUUID } from "node:crypto";

// The protected header of a JWE with direct encryption: Intuit's access tokens start like this, and stay opaque all the same.
const JWE_HEADER = Buffer.from('{"alg":"dir","enc":"A128CBC-HS256","x.org":"H0"}').toString("base64url");
const IV_CHARACTERS = 22;
const TAG_CHARACTERS = 22;

/** An unguessable opaque access token of exactly `length` characters, in the five parts of a compact JWE. */
export function mintAccessToken(length: number): string {
  const start = `${JWE_HEADER}..${mintCharacters(IV_CHARACTERS)}.`;
  const end = `.${mintCharacters(TAG_CHARACTERS)}`;
  return `${start}${mintCharacters(length - start.length - end.length)}${end}`;
}

/** An unguessable refresh token in the look of Intuit's, far below its limit of 512 characters. */
export function mintRefreshToken(nowSeconds: number): string {
  return `RT1-${10 + ((randomBytes(1)[0] ?? 0) % 90)}-H0-${nowSeconds}${mintCharacters(40)}`;
}

/** An unguessable authorization code of 50 characters, in the look of Intuit's. */
export function mintAuthorizationCode(): string {
  return `XAB1${mintCharacters(46)}`;
}

/** A value for the header `intuit_tid`. */
export function mintTransactionId(): string {
  const [first = "", ...rest] = randomUUID().split("-");
  return `1-${first}-${rest.join("")}`;
}

/** What names a token without giving it away: it is high-entropy, so a hash reveals nothing. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** The short form of `hashToken`, for logs: `sha256:` and 12 hex digits. */
export function fingerprint(value: string): string {
  return `sha256:${hashToken(value).slice(0, 12)}`;
}

function mintCharacters(count: number): string {
  return randomBytes(Math.ceil((count * 3) / 4))
    .toString("base64url")
    .slice(0, count);
}
