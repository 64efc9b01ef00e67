import { isObject } from "../../core/plain-object.ts";
import { collectFields } from "./collect-fields.ts";
import { parseJson } from "./parse-json.ts";

/** Labels before a value, on the same line or on the one above it, in any case. */
const labels: readonly (readonly [label: RegExp, key: string])[] = [
  [/^refresh[\s_-]*token$/i, "refreshToken"],
  [/^access[\s_-]*token$/i, "accessToken"],
  [/^(?:realm|company)[\s_-]*id$/i, "realmId"],
  [/^client[\s_-]*id$/i, "clientId"],
  [/^client[\s_-]*secret$/i, "clientSecret"],
  [/^environment$/i, "environment"],
  [/^expires[\s_-]*in$/i, "expires_in"],
  [/^x[\s_-]*refresh[\s_-]*token[\s_-]*expires[\s_-]*in$/i, "x_refresh_token_expires_in"],
];

const numbers = new Set(["expires_in", "x_refresh_token_expires_in"]);

/**
 * The entry in text that a person copied from a page, such as Intuit's OAuth Playground: labels with values, or an answer of the token endpoint
 * with other text around it. `undefined` when there is none.
 * @throws USAGE when one label has two different values.
 */
export function readLabelled(text: string): Record<string, unknown> | undefined {
  const embedded = /\{[^]*\}/.exec(text)?.[0] ?? "";
  const answer = parseJson(embedded);
  const labelled = collectFields(listPairs(answer === undefined ? text : text.replace(embedded, "")));
  if (isObject(answer)) return { ...answer, ...labelled };
  return labelled?.["refreshToken"] === undefined ? undefined : labelled;
}

function listPairs(text: string): [string, string][] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return lines.flatMap((line, index): [string, string][] => {
    const [, label = "", rest = ""] =
      /^["']?([A-Za-z][A-Za-z _-]*?)["']?\s*(?:[:=]\s*(.*))?$/.exec(line) ?? splitAtValue(line);
    const key = findKey(label);
    const value = stripQuotes(rest === "" ? (lines.slice(index + 1).find((next) => next !== "") ?? "") : rest);
    if (key === undefined || value === "" || findKey(value) !== undefined) return [];
    return numbers.has(key) && !/^\d+$/.test(value) ? [] : [[key, key === "environment" ? value.toLowerCase() : value]];
  });
}

/** A label and a value with nothing but space between them: the value is one word. */
function splitAtValue(line: string): string[] {
  const [, label = "", value = ""] = /^([A-Za-z][A-Za-z _-]*?)\s+(\S+)$/.exec(line) ?? [];
  return ["", label, value];
}

function findKey(label: string): string | undefined {
  return labels.find(([pattern]) => pattern.test(label.trim()))?.[1];
}

function stripQuotes(text: string): string {
  return text
    .replace(/[,;]$/, "")
    .replace(/^(["'`])(.*)\1$/, "$2")
    .trim();
}
