import { makePrintable } from "../core/printable.ts";
import { minorVersion } from "./api-address.ts";
import { isObject } from "../core/plain-object.ts";

/** The address of a company's CompanyInfo, whose ID is the realm ID in the path (and `"1"` in the answer). */
export function buildCompanyInfoUrl(apiBaseUrl: string, realmId: string): string {
  return `${apiBaseUrl}/v3/company/${realmId}/companyinfo/${realmId}?minorversion=${minorVersion}`;
}

/** Intuit's fields, as they came, each text made safe to show; `undefined` when the answer carries none. */
export function readCompanyInfo(body: Record<string, unknown>): Record<string, unknown> | undefined {
  const info = body["CompanyInfo"];
  return isObject(info) ? cleanObject(info, 0) : undefined;
}

/** The company's name among those fields. */
export function readCompanyName(info: Record<string, unknown>): string | null {
  const name = info["CompanyName"];
  return typeof name === "string" && name.trim() !== "" ? makePrintable(name.trim(), 200) : null;
}

function cleanObject(value: Record<string, unknown>, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [makePrintable(key, 100), clean(entry, depth + 1)]),
  );
}

function clean(value: unknown, depth: number): unknown {
  if (typeof value === "string") return makePrintable(value, 4000);
  if (depth > 8) return null;
  if (Array.isArray(value)) return value.map((entry) => clean(entry, depth + 1));
  return isObject(value) ? cleanObject(value, depth) : value;
}
