import { isObject } from "../core/plain-object.ts";
import { makePrintable } from "../core/printable.ts";

/** The person who consented, as Intuit's user info endpoint tells it. Which fields come depends on the scopes. */
export interface UserInfo {
  sub: string;
  email: string | null;
  emailVerified: boolean | null;
  givenName: string | null;
  familyName: string | null;
  phoneNumber: string | null;
  phoneNumberVerified: boolean | null;
  address: Record<string, string> | null;
}

/** Reads a user info answer; `undefined` when it names no subject (OpenID Connect Core, section 5.3.2). */
export function readUserInfo(body: Record<string, unknown>): UserInfo | undefined {
  const sub = readText(body["sub"]);
  if (sub === null) return undefined;
  return {
    sub,
    email: readText(body["email"]),
    emailVerified: readFlag(body["emailVerified"]),
    givenName: readText(body["givenName"]),
    familyName: readText(body["familyName"]),
    phoneNumber: readText(body["phoneNumber"]),
    phoneNumberVerified: readFlag(body["phoneNumberVerified"]),
    address: readAddress(body["address"]),
  };
}

function readText(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? makePrintable(value, 300) : null;
}

function readFlag(value: unknown): boolean | null {
  if (value === "true" || value === "false") return value === "true";
  return typeof value === "boolean" ? value : null;
}

function readAddress(value: unknown): Record<string, string> | null {
  if (!isObject(value)) return null;
  const lines = Object.entries(value).flatMap(([key, line]) => {
    const text = readText(line);
    return text === null ? [] : [[makePrintable(key, 60), text] as const];
  });
  return lines.length === 0 ? null : Object.fromEntries(lines);
}
