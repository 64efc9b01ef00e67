import type { Endpoints } from "./environment.ts";
import type { Fields } from "./record-fields.ts";

/** The addresses of an environment, as a record holds them. */
export function readEndpoints(fields: Fields): Endpoints {
  return {
    authorization: readAddress(fields, "authorization"),
    token: readAddress(fields, "token"),
    revocation: readAddress(fields, "revocation"),
    userInfo: readAddress(fields, "userInfo"),
    jwks: readAddress(fields, "jwks"),
    issuer: fields.text("issuer"),
    api: readAddress(fields, "api"),
  };
}

/** Whether a record holds just these addresses. */
export function hasEndpoints(fields: Fields, known: Endpoints): boolean {
  return (
    fields.has("authorization", known.authorization) &&
    fields.has("token", known.token) &&
    fields.has("revocation", known.revocation) &&
    fields.has("userInfo", known.userInfo) &&
    fields.has("jwks", known.jwks) &&
    fields.has("issuer", known.issuer) &&
    fields.has("api", known.api)
  );
}

function readAddress(fields: Fields, key: string): string {
  return fields.textThat(key, isWebAddress, "an http or https address");
}

function isWebAddress(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text);
}
