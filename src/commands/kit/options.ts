import { parseDuration } from "../../core/duration.ts";
import { QboError } from "../../core/errors.ts";
import { makePrintable } from "../../core/printable.ts";
import { readStoreName, storeWords } from "../../core/store-name.ts";
import type { ConnectionChoice } from "../../flows/connections/choose-connection.ts";
import { isScope, readScopes } from "../../intuit/scopes.ts";
import type { ArgumentSpec, OptionSpec, RawInput } from "./command.ts";

/** The argument and the options of every command about a connection. */
export const connectionArgument: ArgumentSpec = {
  name: "connection",
  description: "name or realm ID of the connection",
};

export const environmentOption: OptionSpec = {
  flags: "--env <environment>",
  description: "sandbox, production, emulator, or one of your own",
};
export const appOption: OptionSpec = { flags: "--app <app>", description: "the app, when an environment has several" };
export const storeOption: OptionSpec = {
  flags: "--store <store>",
  description: "keychain, file, helper:… or postgres://…",
  words: storeWords,
};
export const connectionOptions: readonly OptionSpec[] = [
  { flags: "-c, --connection <name|realmId>", description: "the connection, as an option" },
  environmentOption,
  appOption,
];

export const minValidityOption: OptionSpec = {
  flags: "--min-validity <seconds>",
  description: "how long the token must be valid at least (300; at most 3300)",
};

/** Seconds that a token must be valid at least. */
export function readMinValidity(raw: RawInput): number | undefined {
  return readNumber(raw, "minValidity", { least: 0, most: 3300 });
}

export const concurrencyOption: OptionSpec = { flags: "--concurrency <n>", description: "how many at a time (8)" };

/** How many connections are worked on at a time. */
export function readConcurrency(raw: RawInput): number {
  return readNumber(raw, "concurrency", { least: 1, most: 64 }) ?? 8;
}

/** The value of an option that takes one. An empty one is mostly a variable that nobody set, and not the wish to let qbo choose. */
export function readOption(raw: RawInput, key: string): string | undefined {
  const value = raw.flags[key];
  return typeof value === "string" ? assertGiven(formatFlag(key), value) : undefined;
}

/** A store, as it was given. A password among the arguments would lie open in the list of processes. */
export function readStoreOption(raw: RawInput, key: string): string | undefined {
  const text = readOption(raw, key);
  const store = text === undefined ? undefined : readStoreName(text);
  if (store?.kind === "postgres" && store.hasPassword)
    throw usage(
      `${formatFlag(key)} must not hold a password: other users of this machine can see it there.`,
      `Set QBO_STORE to the whole address, and give ${formatFlag(key)} ${store.text}`,
    );
  return text;
}

/** A file to write; absent also for `-`, which is stdout. */
export function readFileOption(raw: RawInput, key: string): string | undefined {
  const file = readOption(raw, key);
  return file === "-" ? undefined : file;
}

/** Whether a switch was given. */
export function readSwitch(raw: RawInput, key: string): boolean {
  return raw.flags[key] === true;
}

/** All values of a repeatable option. */
export function readRepeated(raw: RawInput, key: string): readonly string[] {
  const value = raw.flags[key];
  if (typeof value === "string") return [value];
  return typeof value === "object" ? value : [];
}

/** Which connection a command is about: the argument or --connection, narrowed by --env and --app. */
export function readConnectionChoice(raw: RawInput): ConnectionChoice {
  const [first] = raw.arguments;
  const argument = first === undefined ? undefined : assertGiven("The connection's name", first);
  const option = readOption(raw, "connection");
  if (argument !== undefined && option !== undefined && argument !== option) {
    throw usage(
      `Two connections are named: ${makePrintable(argument, 60)} and ${makePrintable(option, 60)}.`,
      "Name one of them.",
    );
  }
  return { connection: argument ?? option, environment: readOption(raw, "env"), app: readOption(raw, "app") };
}

/** A whole number within bounds. */
export function readNumber(raw: RawInput, key: string, bounds: { least: number; most: number }): number | undefined {
  const text = readOption(raw, key);
  if (text === undefined) return undefined;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(number) || number < bounds.least || number > bounds.most) {
    throw usage(
      `${formatFlag(key)} is ${makePrintable(text, 60)}; it must be a whole number from ${bounds.least} to ${bounds.most}.`,
    );
  }
  return number;
}

/** A duration such as `30d`, in seconds. */
export function readDuration(raw: RawInput, key: string): number | undefined {
  const text = readOption(raw, key);
  if (text === undefined) return undefined;
  const seconds = parseDuration(text);
  if (seconds === undefined)
    throw usage(`${formatFlag(key)} is ${makePrintable(text, 60)}; it must be a duration such as 90s, 12h or 30d.`);
  if (/\d$/.test(text.trim()))
    throw usage(
      `${formatFlag(key)} is ${text.trim()}, which does not say of what.`,
      `Add the unit: ${["s", "m", "h", "d"].map((unit) => `${text.trim()}${unit}`).join(", ")}.`,
    );
  return seconds;
}

/** One of a few words. */
export function readWord<const W extends string>(raw: RawInput, key: string, words: readonly W[]): W | undefined {
  const text = readOption(raw, key);
  if (text === undefined) return undefined;
  return (
    findWord(text, words) ??
    raise(usage(`${formatFlag(key)} is ${makePrintable(text, 60)}; it must be one of ${words.join(", ")}.`))
  );
}

/** A comma-separated list of a few words. */
export function readWords<const W extends string>(raw: RawInput, key: string, words: readonly W[]): W[] | undefined {
  const text = readOption(raw, key);
  if (text === undefined) return undefined;
  return text
    .split(",")
    .map(
      (word) =>
        findWord(word.trim(), words) ??
        raise(usage(`${formatFlag(key)} holds ${makePrintable(word, 60)}; it takes ${words.join(", ")}.`)),
    );
}

/** A list of scopes. */
export function readScopesOption(raw: RawInput, key: string): string[] | undefined {
  const text = readOption(raw, key);
  if (text === undefined) return undefined;
  const scopes = readScopes(text);
  if (scopes.length === 0 || !scopes.every(isScope))
    throw usage(`${formatFlag(key)} is not a list of scopes.`, "Separate scopes by spaces, in quotes.");
  return scopes;
}

/** The word itself, unless it is empty. */
export function assertGiven(what: string, word: string): string {
  if (word !== "") return word;
  throw usage(`${what} is empty.`, "Give it, or leave it out; a variable in the command may be unset.");
}

/** A USAGE error. Without a hint of its own it gets that of its command. */
export function usage(message: string, hint?: string): QboError {
  return new QboError("USAGE", message, hint === undefined ? {} : { hint });
}

function findWord<W extends string>(text: string, words: readonly W[]): W | undefined {
  return words.find((word) => word === text);
}

function formatFlag(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function raise(error: QboError): never {
  throw error;
}
