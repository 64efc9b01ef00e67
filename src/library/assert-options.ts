import { QboError } from "../core/errors.ts";
import { findNearest } from "../core/nearest.ts";
import { isObject } from "../core/plain-object.ts";
import { makePrintable } from "../core/printable.ts";

/** What an option holds; `"own"` is judged where it is read. */
type Kind = "text" | "switch" | "signal" | "listener" | "variables" | "own";

/** Options by their names. */
export type KnownOptions = Readonly<Record<string, Kind>>;

const judges: Readonly<Record<Kind, readonly [wanted: string, isFit: (value: unknown) => boolean]>> = {
  text: ["a text that is not empty", (value) => typeof value === "string" && value !== ""],
  switch: ["true or false", (value) => typeof value === "boolean"],
  signal: ["an AbortSignal", isSignal],
  listener: ["a function", (value) => typeof value === "function"],
  variables: ["an object of texts", (value) => isObject(value) && Object.values(value).every(isTextOrAbsent)],
  own: ["", () => true],
};

/**
 * Refuses what is no set of options: a caller without a compiler who mistypes one must not get what he did not ask for, such as the connection
 * of another environment. Throws USAGE.
 */
export function assertOptions(options: unknown, known: KnownOptions): void {
  if (!isObject(options)) throw new QboError("USAGE", "The options must be an object.");
  for (const [name, value] of Object.entries(options)) {
    const kind = Object.hasOwn(known, name) ? known[name] : undefined;
    if (kind === undefined) throw explainUnknown(name, Object.keys(known));
    const [wanted, isFit] = judges[kind];
    if (value !== undefined && !isFit(value)) throw new QboError("USAGE", `${name} must be ${wanted}.`);
  }
}

function explainUnknown(name: string, known: readonly string[]): QboError {
  const near = findNearest(name, known);
  return new QboError("USAGE", `There is no option ${makePrintable(name, 60)}.`, {
    hint: near === undefined ? `There are ${known.join(", ")}.` : `Did you mean ${near}?`,
  });
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === "string";
}

/** Those of other realms and of polyfills will do. */
function isSignal(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    "aborted" in value &&
    "addEventListener" in value &&
    typeof value.addEventListener === "function"
  );
}
