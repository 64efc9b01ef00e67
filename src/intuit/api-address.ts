import { QboError } from "../core/errors.ts";
import { makePrintable } from "../core/printable.ts";

/** Lowest minor version of the Accounting API that is still served (Intuit, "Minor versions"). */
export const minorVersion = 75;

export interface ApiTarget {
  /** Base address of the environment's API, without a final slash. */
  base: string;
  realmId: string;
}

/**
 * The address that `path` means. `{realm}` and `{base}` are filled in; what begins with neither a slash nor a scheme belongs to the company. The
 * minor version is added unless the path has one.
 * @throws USAGE when it leads anywhere but to the connection's own API: its access token goes nowhere else.
 */
export function resolveApiAddress(
  path: string,
  { base, realmId }: ApiTarget,
  parameters: readonly (readonly [name: string, value: string])[] = [],
): string {
  // An address drops tabs and line breaks without a word, and would then be another one.
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(path))
    throw new QboError("USAGE", `${makePrintable(path, 200)} holds control characters.`, {
      hint: "Take them out; %0A and the like may stand in a path.",
    });
  const filled = path.replaceAll("{realm}", realmId).replaceAll("{base}", base);
  const isWhole = /^[a-z][a-z0-9+.-]*:/i.test(filled);
  const text = isWhole ? filled : `${base}${filled.startsWith("/") ? "" : `/v3/company/${realmId}/`}${filled}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || url.origin !== new URL(base).origin || url.username !== "" || url.password !== "") {
    throw new QboError("USAGE", `${makePrintable(path, 200)} is not an address of this connection's API, ${base}.`, {
      hint: "Give a path such as /v3/company/{realm}/customer/1, or customer/1 for short.",
    });
  }
  for (const [name, value] of parameters) url.searchParams.append(name, value);
  if (!url.searchParams.has("minorversion")) url.searchParams.set("minorversion", String(minorVersion));
  url.hash = "";
  return url.href;
}
