import { QboError } from "../core/errors.ts";
import type { ConnectionChoice } from "../flows/connections/choose-connection.ts";
import { connectionStates, type ConnectionState } from "../flows/connections/connection-report.ts";
import type { Selection } from "./options.ts";

/*
 * Callers without a compiler, and those whose variables are empty, must not reach another connection than the one they mean.
 */

/** Throws USAGE. */
export function readChoice(connection: unknown, selection: Selection): ConnectionChoice {
  return { ...readSelection(selection), connection: readName("connection", connection) };
}

/** Throws USAGE. */
export function readSelection({ environment, app }: Selection): ConnectionChoice {
  return { environment: readName("environment", environment), app: readName("app", app) };
}

/** Throws USAGE. */
export function readStates(states: readonly ConnectionState[] | undefined): readonly ConnectionState[] | undefined {
  if (states === undefined || (Array.isArray(states) && states.every((state) => connectionStates.includes(state))))
    return states;
  throw new QboError("USAGE", `states must be a list of ${connectionStates.join(", ")}.`);
}

/** A whole number of seconds. Throws USAGE. */
export function readSeconds(name: string, value: unknown, most = Number.MAX_SAFE_INTEGER): number | undefined {
  if (value === undefined || (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most))
    return value;
  const bound = most === Number.MAX_SAFE_INTEGER ? "0 or more" : `from 0 to ${most}`;
  throw new QboError("USAGE", `${name} must be a whole number of seconds, ${bound}.`);
}

function readName(what: string, value: unknown): string | undefined {
  if (value === undefined || (typeof value === "string" && value !== "")) return value;
  throw new QboError("USAGE", `${what} is given and empty, or no text.`, {
    hint: "Leave it out to let qbo choose, as the program does.",
  });
}
