import { createSign, randomBytes } from "node:crypto";
import type { Grant } from "./grant.ts";
import { PERSON } from "./person.ts";
import type { IdTokenDefect } from "./policy.ts";
import type { SigningKey } from "./signing-key.ts";

export interface IdTokenRequest {
  grant: Grant;
  issuer: string;
  nowSeconds: number;
  lifetimeSeconds: number;
  defect: IdTokenDefect;
}

/** Signs an ID token as Intuit does: RS256, `aud` as an array, `realmid` in lower case, no `nonce`. */
export function signIdToken(key: SigningKey, request: IdTokenRequest): string {
  const keyId = request.defect === "unknown-key" ? randomBytes(32).toString("base64url") : key.keyId;
  const signed = `${encodePart({ kid: keyId, alg: "RS256" })}.${encodePart(writeClaims(request))}`;
  const signature = createSign("RSA-SHA256").update(signed).sign(key.privateKey);
  if (request.defect === "bad-signature") signature.writeUInt8(signature.readUInt8(0) ^ 0xff, 0);
  return `${signed}.${signature.toString("base64url")}`;
}

function writeClaims({ grant, issuer, nowSeconds, lifetimeSeconds, defect }: IdTokenRequest): object {
  const issuedAt = defect === "expired" ? nowSeconds - lifetimeSeconds - 86_400 : nowSeconds;
  const realmId = defect === "other-realm" ? "9341999999999999" : grant.realmId;
  return {
    sub: PERSON.sub,
    aud: [defect === "wrong-audience" ? "some-other-client" : grant.clientId],
    ...(realmId === null ? {} : { realmid: realmId }),
    auth_time: grant.consentedAtSeconds,
    iss: defect === "wrong-issuer" ? "https://issuer.example.com/op/v1" : issuer,
    exp: issuedAt + lifetimeSeconds,
    iat: issuedAt,
  };
}

function encodePart(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
