import type { ConnectionFacts } from "../core/connection.ts";
import { isConnectionName } from "../core/connection-name.ts";
import { QboError } from "../core/errors.ts";
import { makePrintable } from "../core/printable.ts";
import { isRealmId } from "../core/realm-id.ts";
import type { World } from "../core/world.ts";
import { readSettings, type Setting, type Settings } from "./settings.ts";

/** How a command says which connection it means. */
export interface ConnectionChoice {
  /** Name or realm ID, as an argument or with --connection. */
  connection?: string | undefined;
  environment?: string | undefined;
  app?: string | undefined;
}

type Doors = Pick<World, "env" | "configFiles" | "facts" | "prompter">;

/** What a connection must belong to. Flags and variables decide; values of a configuration file are a preference only. */
interface Narrowing {
  environment?: Setting<string> | undefined;
  app?: Setting<string> | undefined;
}

/**
 * The connection that a command is about: the named one, then QBO_CONNECTION, the default, the only one, the person's answer.
 * --env and --app must fit it; so must QBO_ENV and QBO_APP, unless the command line names it.
 * @throws NOT_CONNECTED when there is none, AMBIGUOUS_CONNECTION naming the candidates when several fit.
 */
export async function chooseConnection(world: Doors, choice: ConnectionChoice): Promise<ConnectionFacts> {
  const settings = await readSettings(world, choice);
  const named = settings.connection;
  const narrowing = readNarrowing(settings);
  if (named && !(await isPassedOver(world, named, narrowing))) return findNamed(world, named, narrowing);
  const fitting = narrow(await world.facts.list(), narrowing);
  const preferred = narrow(fitting, settings);
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

/** All connections of the environment and the app that flags or variables name, or of all. */
export async function listConnections(
  world: Pick<World, "env" | "configFiles" | "facts">,
  choice: Omit<ConnectionChoice, "connection">,
): Promise<ConnectionFacts[]> {
  return narrow(await world.facts.list(), readNarrowing(await readSettings(world, choice)));
}

function readNarrowing({ environment, app }: Settings): Narrowing {
  const decisive = ["--env", "--app", "QBO_ENV", "QBO_APP"];
  return pickSources({ environment, app }, decisive);
}

function pickSources({ environment, app }: Narrowing, sources: readonly string[]): Narrowing {
  const pick = (setting: Setting<string> | undefined) =>
    setting && sources.includes(setting.source) ? setting : undefined;
  return { environment: pick(environment), app: pick(app) };
}

/** Whether a default from a configuration file gives way, because --env or --app ask for something else than it is. */
async function isPassedOver(world: Doors, { value, source }: Setting<string>, narrowing: Narrowing): Promise<boolean> {
  if (source === "--connection" || source === "QBO_CONNECTION" || !isConnectionName(value)) return false;
  const facts = await world.facts.read(value);
  return facts !== undefined && narrow([facts], narrowing).length === 0;
}

async function findNamed(
  world: Doors,
  { value, source }: Setting<string>,
  narrowing: Narrowing,
): Promise<ConnectionFacts> {
  // What the command line names wins over variables, which only tell companies of several environments apart.
  const binding = source === "--connection" ? pickSources(narrowing, ["--env", "--app"]) : narrowing;
  if (isConnectionName(value)) {
    const facts = await world.facts.read(value);
    if (facts && narrow([facts], binding).length === 1) return facts;
    if (facts) throw explainMismatch(facts, binding);
  }
  const all = await world.facts.list();
  const fitting = isRealmId(value) ? narrow(all, binding).filter((facts) => facts.realmId === value) : [];
  const preferred = narrow(fitting, narrowing);
  const matches = preferred.length > 0 ? preferred : fitting;
  const [only, ...others] = matches;
  if (only && others.length === 0) return only;
  if (only) throw explainSeveral(matches, `Several connections have the realm ID ${value}`);
  const known = all.length === 0 ? "" : ` Known here: ${listNames(all)}.`;
  const origin = source.startsWith("--") ? "" : ` (set by ${source})`;
  throw new QboError("NOT_CONNECTED", `There is no connection ${makePrintable(value, 80)}${origin}.${known}`, {
    hint: isConnectionName(value) ? `Sign in under that name: qbo login ${value}` : "List the connections: qbo status",
  });
}

function narrow(all: readonly ConnectionFacts[], { environment, app }: Narrowing): ConnectionFacts[] {
  return all.filter(
    (facts) =>
      (environment === undefined || facts.environment === environment.value) &&
      (app === undefined || facts.app === app.value),
  );
}

function explainMismatch(facts: ConnectionFacts, { environment, app }: Narrowing): QboError {
  const wanted = [environment && `the environment ${environment.value}`, app && `the app ${app.value}`]
    .filter(Boolean)
    .join(" and ");
  const sources = [environment?.source, app?.source].filter((source) => source !== undefined);
  return new QboError(
    "NOT_CONNECTED",
    `${facts.name} belongs to ${facts.environment} and the app ${facts.app}, not to ${makePrintable(wanted, 100)}.`,
    {
      hint: `Leave out ${sources.join(" and ")}, or choose another connection: qbo status`,
      details: { connection: facts.name },
    },
  );
}

function explainNone({ environment, app }: Narrowing): QboError {
  const tellSource = ({ source }: Setting<string>) => (source.startsWith("--") ? "" : ` (set by ${source})`);
  const where = [
    environment && ` in the environment ${makePrintable(environment.value, 80)}${tellSource(environment)}`,
    app && ` of the app ${makePrintable(app.value, 80)}${tellSource(app)}`,
  ];
  return new QboError("NOT_CONNECTED", `There is no connection${where.filter(Boolean).join("")} yet.`, {
    hint: `Sign in: qbo login --env ${environment?.value ?? "sandbox"}`,
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
