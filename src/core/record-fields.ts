import { QboError } from "./errors.ts";
import { parseInstant } from "./instant.ts";
import type { Instant } from "./instant.ts";
import { isObject } from "./plain-object.ts";

/** A field of a stored record that is missing or is not what it must be. */
class OddField extends Error {}

/** Strict reading of a record's fields by name. Unknown fields are left alone: a later qbo may have added them. */
export class Fields {
  readonly #object: Readonly<Record<string, unknown>>;
  readonly #path: string;

  constructor(object: Readonly<Record<string, unknown>>, path = "") {
    this.#object = object;
    this.#path = path;
  }

  /** Ends the reading: the field `key` is not `expectation`. */
  refuse(key: string, expectation: string): never {
    throw new OddField(`"${this.#path}${key}" is not ${expectation}`);
  }

  /** Whether the field is this text. */
  has(key: string, text: string): boolean {
    return this.#object[key] === text;
  }

  text(key: string): string {
    const value = this.#object[key];
    return typeof value === "string" ? value : this.refuse(key, "text");
  }

  /** Text that `isValid` accepts; `expectation` says in words what that is. */
  textThat(key: string, isValid: (text: string) => boolean, expectation: string): string {
    const text = this.text(key);
    return isValid(text) ? text : this.refuse(key, expectation);
  }

  optionalText(key: string): string | null {
    return this.#object[key] === null ? null : this.text(key);
  }

  /** Text under a key that may be missing. */
  textIfPresent(key: string): string | undefined {
    return this.#object[key] === undefined ? undefined : this.text(key);
  }

  texts(key: string): string[] {
    const value = this.#object[key];
    if (!Array.isArray(value)) return this.refuse(key, "a list");
    return value.map((item) => (typeof item === "string" ? item : this.refuse(key, "a list of texts")));
  }

  /** Whether the field is a list of just these texts. */
  hasTexts(key: string, texts: readonly string[]): boolean {
    const value = this.#object[key];
    return (
      Array.isArray(value) && value.length === texts.length && value.every((item: unknown, at) => item === texts[at])
    );
  }

  /** A whole number of at least 0. */
  count(key: string): number {
    const value = this.#object[key];
    return typeof value === "number" && Number.isSafeInteger(value) && value >= 0
      ? value
      : this.refuse(key, "a whole number");
  }

  flag(key: string): boolean {
    const value = this.#object[key];
    return typeof value === "boolean" ? value : this.refuse(key, "true or false");
  }

  instant(key: string): Instant {
    return parseInstant(this.text(key)) ?? this.refuse(key, "a time");
  }

  optionalInstant(key: string): Instant | null {
    return this.#object[key] === null ? null : this.instant(key);
  }

  /** A moment under a key that may be missing. */
  instantIfPresent(key: string): Instant | undefined {
    return this.#object[key] === undefined ? undefined : this.instant(key);
  }

  object<T>(key: string, read: (fields: Fields) => T): T {
    const value = this.#object[key];
    return isObject(value) ? read(new Fields(value, `${this.#path}${key}.`)) : this.refuse(key, "an object");
  }

  optionalObject<T>(key: string, read: (fields: Fields) => T): T | null {
    return this.#object[key] === null ? null : this.object(key, read);
  }
}

/**
 * Reads the JSON object in `text` with `read`; `undefined` when anything about it is odd.
 */
export function readObject<T>(text: string, read: (fields: Fields) => T): T | undefined {
  const result = attempt(text, read);
  return "value" in result ? result.value : undefined;
}

/**
 * Reads a stored record of version 1 with `read`. `what` begins the sentence of an error: "The record of …".
 * Neither message nor cause quotes the text, which may hold secrets.
 * Throws STORE_CORRUPT for anything odd and, in its own words, for a record of a later version.
 */
export function readRecord<T>(what: string, text: string, read: (fields: Fields) => T): T {
  const result = attempt(text, (fields) => {
    const version = fields.count("version");
    if (version > 1) throw newerRecord(what, version);
    if (version < 1) fields.refuse("version", "1");
    return read(fields);
  });
  if ("value" in result) return result.value;
  throw new QboError("STORE_CORRUPT", `${what} is damaged: ${result.oddity}.`);
}

function newerRecord(what: string, version: number): QboError {
  return new QboError(
    "STORE_CORRUPT",
    `${what} was written by a newer qbo: it is of version ${version}, this qbo knows version 1.`,
    {
      hint: "Update qbo, then run the command again.",
    },
  );
}

function attempt<T>(text: string, read: (fields: Fields) => T): { value: T } | { oddity: string } {
  const parsed = parseJson(text);
  if (!isObject(parsed)) return { oddity: "it is not a JSON object" };
  try {
    return { value: read(new Fields(parsed)) };
  } catch (error) {
    if (error instanceof OddField) return { oddity: error.message };
    throw error;
  }
}

/** `undefined` for anything that is not JSON. The parser's own error quotes the text, so it goes no further. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
