import { readStoreName } from "../core/store-name.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Secrets of qbo's own, which open more than the one connection that a program is given. */
const withheld = new Set(["QBO_CLIENT_SECRET", "QBO_STORE_KEY", "QBO_STORE_KEY_NEW", "PGPASSWORD"]);

/**
 * The environment of a program that works with one connection: this process's own, without what opens the store or stands for the client,
 * and with `given` in the place of whatever had these names. Windows has one variable, however its name is spelled.
 */
export function buildProgramEnvironment(env: Environment, given: Readonly<Record<string, string>>): Environment {
  const isKept = ([name, value]: [string, string | undefined]) => {
    const known = name.toUpperCase();
    if (known === "QBO_STORE") return !holdsPassword(value ?? "");
    return !withheld.has(known) && !Object.hasOwn(given, known);
  };
  return { ...Object.fromEntries(Object.entries(env).filter(isKept)), ...given };
}

/** What is no store at all might be a mistyped address, with its password. */
function holdsPassword(store: string): boolean {
  if (store === "") return false;
  const known = readStoreName(store);
  return known === undefined || (known.kind === "postgres" && known.hasPassword);
}
