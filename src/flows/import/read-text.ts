import { isObject } from "../../core/plain-object.ts";
import { readDotenv } from "./read-dotenv.ts";
import { readLabelled } from "./read-labelled.ts";
import { parseJson } from "./parse-json.ts";
import { refuseImport } from "./refuse-import.ts";

/**
 * Reads what is to be imported into entries: a JSON object, an array of them, one per line, `{"connections": […]}`, the text of a `.env`
 * file, or lines with labels, as web pages show tokens.
 * @throws USAGE when the text is none of these.
 */
export function readImportText(text: string): unknown[] {
  const trimmed = text.replace(/^\ufeff/, "").trim();
  if (trimmed === "") throw refuseImport("there is nothing in it");
  const whole = parseJson(trimmed);
  if (whole !== undefined) return listEntries(whole);
  if (/^[[{]/.test(trimmed)) return readLines(trimmed);
  const entry = readDotenv(trimmed) ?? readLabelled(trimmed);
  if (entry) return [entry];
  throw refuseImport("it is neither JSON, nor a .env file, nor text with a line for the refresh token");
}

function listEntries(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  const listed = isObject(value) ? value["connections"] : undefined;
  return Array.isArray(listed) ? listed : [value];
}

function readLines(text: string): unknown[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  return lines.map((line, index) => {
    const value = parseJson(line);
    if (value === undefined) throw refuseImport(`line ${index + 1} is not JSON`);
    return value;
  });
}
