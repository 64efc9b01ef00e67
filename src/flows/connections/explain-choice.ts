import { isConnectionName } from "../../core/connection-name.ts";
import type { ConnectionFacts } from "../../core/connection.ts";
import { QboError } from "../../core/errors.ts";
import { makePrintable } from "../../core/printable.ts";
import type { World } from "../../core/world.ts";
import type { Setting } from "../variables.ts";
import type { Narrowing } from "./list-connections.ts";

/** NOT_CONNECTED: nothing that is known, which is `all`, has the name or realm ID that was given; see `describePlace` for `place`. */
export function explainUnknown(
  { value, source }: Setting<string>,
  all: readonly ConnectionFacts[],
  place: string | null,
): QboError {
  const known = all.length > 0 ? ` Known here: ${listNames(all)}.` : place === null ? "" : ` ${place}`;
  const origin = source.startsWith("--") ? "" : ` (set by ${source})`;
  return new QboError("NOT_CONNECTED", `There is no connection ${makePrintable(value, 80)}${origin}.${known}`, {
    hint: isConnectionName(value) ? `Sign in under that name: qbo login ${value}` : "List the connections: qbo status",
  });
}

/** NOT_CONNECTED: the connection that was named does not fit what it must fit. */
export function explainMismatch(facts: ConnectionFacts, { environment, app }: Narrowing): QboError {
  const wanted = [environment && `the environment ${environment.value}`, app && `the app ${app.value}`]
    .filter(Boolean)
    .join(" and ");
  const remedies = [environment, app].filter((setting) => setting !== undefined).map(describeRemedy);
  return new QboError(
    "NOT_CONNECTED",
    `${facts.name} belongs to ${facts.environment} and the app ${facts.app}, not to ${makePrintable(wanted, 100)}.`,
    {
      hint: `${remedies.join(" and ")}, or choose another connection: qbo status`.replace(/^[a-z]/, (first) =>
        first.toUpperCase(),
      ),
      details: { connection: facts.name },
    },
  );
}

function describeRemedy({ source, layer }: Setting<string>): string {
  return layer === "project" ? `change ${source}` : `leave out ${source}`;
}

/** Where connections were looked for, when a variable says so: it may be mistyped. */
export function describePlace(env: World["env"]): string | null {
  const folder = env["QBO_STATE_DIR"];
  return folder ? `Nothing is kept in ${makePrintable(folder, 200)}, which QBO_STATE_DIR names.` : null;
}

/** NOT_CONNECTED: none is known that fits. */
export function explainNone({ environment, app }: Narrowing, place: string | null): QboError {
  const tellSource = ({ source }: Setting<string>) => (source.startsWith("--") ? "" : ` (set by ${source})`);
  const where = [
    environment && ` in the environment ${makePrintable(environment.value, 80)}${tellSource(environment)}`,
    app && ` of the app ${makePrintable(app.value, 80)}${tellSource(app)}`,
  ];
  return new QboError(
    "NOT_CONNECTED",
    `There is no connection${where.filter(Boolean).join("")} yet.${place === null ? "" : ` ${place}`}`,
    {
      hint: `Sign in: qbo login --env ${environment?.value ?? "sandbox"}`,
    },
  );
}

/** AMBIGUOUS_CONNECTION, naming the candidates; `what` begins the sentence. */
export function explainSeveral(candidates: readonly ConnectionFacts[], what: string): QboError {
  return new QboError("AMBIGUOUS_CONNECTION", `${what}: ${listNames(candidates)}.`, {
    hint: `Name one with -c <connection>, or make one the default: qbo use ${candidates[0]?.name ?? "<connection>"}`,
  });
}

const mostNames = 20;

function listNames(all: readonly ConnectionFacts[]): string {
  const names = all.slice(0, mostNames).map((facts) => facts.name);
  return all.length > mostNames ? `${names.join(", ")} and ${all.length - mostNames} more` : names.join(", ");
}
