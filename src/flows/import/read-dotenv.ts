import { collectFields } from "./collect-fields.ts";

/** Names of variables, after their prefix, and what they hold. */
const meanings: Readonly<Record<string, string>> = {
  REFRESH_TOKEN: "refreshToken",
  ACCESS_TOKEN: "accessToken",
  REALM_ID: "realmId",
  REALMID: "realmId",
  COMPANY_ID: "realmId",
  CLIENT_ID: "clientId",
  CLIENT_SECRET: "clientSecret",
  ENVIRONMENT: "environment",
  ENV: "environment",
};

const assignment = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/;
const prefixed = /^(?:QBO|QUICKBOOKS|INTUIT|QB)_(.+)$/;

/**
 * The entry in the text of a `.env` file; `undefined` when no variable in it is about a connection. Other variables are passed over:
 * such a file holds the settings of a whole program.
 * @throws USAGE when two variables say different things about the same.
 */
export function readDotenv(text: string): Record<string, string> | undefined {
  const pairs = text.split(/\r?\n/).flatMap((line): [string, string][] => {
    const [, name = "", value = ""] = assignment.exec(line) ?? [];
    const word = prefixed.exec(name.toUpperCase())?.[1] ?? "";
    const key = Object.hasOwn(meanings, word) ? meanings[word] : undefined;
    const read = readValue(value);
    return key === undefined || read === "" ? [] : [[key, key === "environment" ? read.toLowerCase() : read]];
  });
  return collectFields(pairs);
}

/** Quotes go; in double quotes so do the escapes of a shell; outside of quotes a comment ends the value. */
function readValue(text: string): string {
  const [, single] = /^'([^']*)'/.exec(text) ?? [];
  if (single !== undefined) return single;
  const [, double] = /^"((?:[^"\\]|\\.)*)"/.exec(text) ?? [];
  if (double !== undefined) return double.replace(/\\(["\\$`])/g, "$1");
  return text.replace(/(?:^|\s)#.*$/, "").trim();
}
