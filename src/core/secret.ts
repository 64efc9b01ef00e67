import { inspect } from "node:util";

/** Shorter values could be ordinary words. */
const fewestCharacters = 8;
/** The first ones of a process are those that it goes on using: of the store, of the client. */
const mostEarly = 64;
const mostRecent = 1024;

/**
 * The values of secrets, each with the ways in which it could be written down, as soon as these are needed. It is the only state of a
 * module in this program: a secret must be recognised also by code that was never given it.
 */
type Remembered = Map<string, readonly string[] | undefined>;
const early: Remembered = new Map();
const recent: Remembered = new Map();

/**
 * A value that must not appear anywhere but where it was asked for. Printing, inspecting and serialising show
 * `[secret]`; only `reveal()` gives the value, and a test lists the few files that may call it.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
    remember(value);
  }

  /** The value itself. */
  reveal(): string {
    return this.#value;
  }

  /** Whether both hold the same value; says nothing about it otherwise. */
  equals(other: Secret): boolean {
    return this.#value === other.#value;
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }

  [inspect.custom](): string {
    return "[secret]";
  }
}

/** `text` with `hidden` in the place of every value that was made a `Secret` in this process: the first ones and the latest thousand. */
export function hideKnownSecrets(text: string, hidden: string): string {
  let shown = text;
  for (const remembered of [early, recent]) {
    for (const [value, spellings] of remembered) {
      // Most texts are shorter than most secrets.
      if (value.length > text.length) continue;
      const known = spellings ?? spell(value);
      if (spellings === undefined) remembered.set(value, known);
      for (const spelling of known) if (shown.includes(spelling)) shown = shown.replaceAll(spelling, hidden);
    }
  }
  return shown;
}

function remember(value: string): void {
  if (value.length < fewestCharacters || early.has(value)) return;
  if (early.size < mostEarly) {
    early.set(value, undefined);
    return;
  }
  const spellings = recent.get(value);
  recent.delete(value);
  recent.set(value, spellings);
  if (recent.size <= mostRecent) return;
  const [oldest = ""] = recent.keys();
  recent.delete(oldest);
}

/** The value as it is, in a URL, in JSON and in base64. */
function spell(value: string): string[] {
  const bytes = Buffer.from(value);
  // What came out of the bytes holds no half of a character, which cannot be written in a URL.
  const inUrl = encodeURIComponent(bytes.toString());
  return [...new Set([value, inUrl, JSON.stringify(value).slice(1, -1), bytes.toString("base64")])];
}
