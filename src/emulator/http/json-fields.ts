import { BadRequestError } from "./http-message.ts";

/** The fields of a control request, each read with its own check. Every check throws `BadRequestError`. */
export type JsonFields = Record<string, unknown>;

/** Reads a JSON object; an empty body is an empty object. */
export function readJsonObject(body: string): JsonFields {
  if (body.trim() === "") return {};
  const value = parseJson(body);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new BadRequestError("The body must be a JSON object.");
  }
  return { ...value };
}

/** Refuses fields that nobody reads: a misspelt option must not pass for the default. */
export function refuseUnknownFields(fields: JsonFields, known: readonly string[]): void {
  const unknown = Object.keys(fields).filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new BadRequestError(`Unknown field ${unknown.join(", ")}. Known: ${known.join(", ")}.`);
  }
}

/** A whole number within the range, both ends included; `undefined` when the field is absent. */
export function readInteger(fields: JsonFields, name: string, range: { min: number; max: number }): number | undefined {
  const value = fields[name];
  if (value === undefined) return undefined;
  if (typeof value !== "number" || !Number.isInteger(value) || value < range.min || value > range.max) {
    throw new BadRequestError(`"${name}" must be a whole number from ${range.min} to ${range.max}.`);
  }
  return value;
}

/** A text; `undefined` when the field is absent. */
export function readString(fields: JsonFields, name: string): string | undefined {
  const value = fields[name];
  if (value === undefined) return undefined;
  if (typeof value !== "string") throw new BadRequestError(`"${name}" must be a string.`);
  return value;
}

/** True or false; `undefined` when the field is absent. */
export function readBoolean(fields: JsonFields, name: string): boolean | undefined {
  const value = fields[name];
  if (value === undefined) return undefined;
  if (typeof value !== "boolean") throw new BadRequestError(`"${name}" must be true or false.`);
  return value;
}

/** One of the texts in `choices`; `undefined` when the field is absent. */
export function readChoice<T extends string>(fields: JsonFields, name: string, choices: readonly T[]): T | undefined {
  const value = readString(fields, name);
  if (value === undefined) return undefined;
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) throw new BadRequestError(`"${name}" must be one of ${choices.join(", ")}.`);
  return choice;
}

/** A realm ID: a string of digits, never a number. */
export function readRealmId(fields: JsonFields): string | undefined {
  const value = readString(fields, "realmId");
  if (value !== undefined && !/^\d{1,32}$/.test(value))
    throw new BadRequestError('"realmId" must be a string of digits.');
  return value;
}

/** A field that must be there. */
export function requireField<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new BadRequestError(`"${name}" is missing.`);
  return value;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    if (cause instanceof SyntaxError) throw new BadRequestError("The body is not JSON.");
    throw cause;
  }
}
