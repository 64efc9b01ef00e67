import type { ConnectionFacts } from "../core/connection.ts";
import { isConnectionName } from "../core/connection-name.ts";
import { QboError } from "../core/errors.ts";
import { makePrintable } from "../core/printable.ts";
import { isRealmId } from "../core/realm-id.ts";
import type { World } from "../core/world.ts";
import { readSettings, type Setting } from "./settings.ts";

/** How a command says which connection it means. */
export interface ConnectionChoice {
  /** Name or realm ID, as an argument or with --connection. */
  connection?: string | undefined;
  environment?: string | undefined;
  app?: string | undefined;
}

type Doors = Pick<World, "env" | "configFiles" | "facts" | "prompter">;

/**
 * The connection that a command is about: the named one, then QBO_CONNECTION, the default, the only one, the person's answer.
 * @throws NOT_CONNECTED when there is none, AMBIGUOUS_CONNECTION naming the candidates when several fit.
 */
export async function chooseConnection(world: Doors, choice: ConnectionChoice): Promise<ConnectionFacts> {
  const settings = await readSettings(world, choice);
  const named = settings.connection;
  const narrowing = { environment: choice.environment, app: choice.app };
  if (named && !(await isPassedOver(world, named, narrowing))) return findNamed(world, named, narrowing);
  const fitting = narrow(await world.facts.list(), narrowing);
  const preferred = narrow(fitting, { environment: settings.environment?.value, app: settings.app?.value });
  const candidates = preferred.length > 0 ? preferred : fitting;
  const [only, ...others] = candidates;
  if (!only) throw explainNone(narrowing);
  if (others.length === 0) return only;
  if (!world.prompter.canAsk) throw explainSeveral(candidates, "Several connections fit");
  const choices = candidates.map((facts) => ({
    value: facts.name,
    label: `${facts.name} (${facts.companyName ?? facts.realmId}, ${facts.environment})`,
  }));
  const name = await world.prompter.choose("Which connection?", choices);
  return candidates.find((facts) => facts.name === name) ?? only;
}

/** All connections of an environment or an app, or of all. */
export async function listConnections(
  world: Pick<World, "facts">,
  narrowing: Omit<ConnectionChoice, "connection">,
): Promise<ConnectionFacts[]> {
  return narrow(await world.facts.list(), narrowing);
}

/** Whether a default from a configuration file gives way, because --env or --app ask for something else than it is. */
async function isPassedOver(
  world: Doors,
  { value, source }: Setting<string>,
  narrowing: Omit<ConnectionChoice, "connection">,
): Promise<boolean> {
  if (source === "--connection" || source === "QBO_CONNECTION" || !isConnectionName(value)) return false;
  const facts = await world.facts.read(value);
  return facts !== undefined && narrow([facts], narrowing).length === 0;
}

async function findNamed(
  world: Doors,
  { value, source }: Setting<string>,
  narrowing: Omit<ConnectionChoice, "connection">,
): Promise<ConnectionFacts> {
  if (isConnectionName(value)) {
    const facts = await world.facts.read(value);
    if (facts && narrow([facts], narrowing).length === 1) return facts;
    if (facts) throw explainMismatch(facts, narrowing);
  }
  const all = await world.facts.list();
  const matches = isRealmId(value) ? narrow(all, narrowing).filter((facts) => facts.realmId === value) : [];
  const [only, ...others] = matches;
  if (only && others.length === 0) return only;
  if (only) throw explainSeveral(matches, `Several connections have the realm ID ${value}`);
  const known = all.length === 0 ? "" : ` Known here: ${listNames(all)}.`;
  const origin = source.startsWith("--") ? "" : ` (set by ${source})`;
  throw new QboError("NOT_CONNECTED", `There is no connection ${makePrintable(value, 80)}${origin}.${known}`, {
    hint: isConnectionName(value) ? `Sign in under that name: qbo login ${value}` : "List the connections: qbo status",
  });
}

function narrow(
  all: readonly ConnectionFacts[],
  { environment, app }: Omit<ConnectionChoice, "connection">,
): ConnectionFacts[] {
  return all.filter(
    (facts) =>
      (environment === undefined || facts.environment === environment) && (app === undefined || facts.app === app),
  );
}

function explainMismatch(facts: ConnectionFacts, { environment, app }: Omit<ConnectionChoice, "connection">): QboError {
  const wanted = [environment && `the environment ${environment}`, app && `the app ${app}`]
    .filter(Boolean)
    .join(" and ");
  return new QboError(
    "NOT_CONNECTED",
    `${facts.name} belongs to ${facts.environment} and the app ${facts.app}, not to ${makePrintable(wanted, 100)}.`,
    {
      hint: "Leave out --env and --app, or choose another connection: qbo status",
      details: { connection: facts.name },
    },
  );
}

function explainNone({ environment, app }: Omit<ConnectionChoice, "connection">): QboError {
  const where = [
    environment && ` in the environment ${makePrintable(environment, 80)}`,
    app && ` of the app ${makePrintable(app, 80)}`,
  ];
  return new QboError("NOT_CONNECTED", `There is no connection${where.filter(Boolean).join("")} yet.`, {
    hint: `Sign in: qbo login --env ${environment ?? "sandbox"}`,
  });
}

function explainSeveral(candidates: readonly ConnectionFacts[], what: string): QboError {
  return new QboError("AMBIGUOUS_CONNECTION", `${what}: ${listNames(candidates)}.`, {
    hint: `Name one with -c <connection>, or make one the default: qbo use ${candidates[0]?.name ?? "<connection>"}`,
  });
}

const mostNames = 20;

function listNames(all: readonly ConnectionFacts[]): string {
  const names = all.slice(0, mostNames).map((facts) => facts.name);
  return all.length > mostNames ? `${names.join(", ")} and ${all.length - mostNames} more` : names.join(", ");
}
