import type { ConnectionFacts } from "../../core/connection.ts";
import { isConnectionName } from "../../core/connection-name.ts";
import type { DamagedFacts } from "../../core/store-ports.ts";
import { isRealmId } from "../../core/realm-id.ts";
import type { World } from "../../core/world.ts";
import { describePlace, explainMismatch, explainNone, explainSeveral, explainUnknown } from "./explain-choice.ts";
import { narrow, narrowTo, type ManyChoice, type Narrowing } from "./list-connections.ts";
import { readSettings, type Settings } from "../settings.ts";
import type { Setting } from "../variables.ts";

/** How a command says which connection it means. */
export interface ConnectionChoice extends ManyChoice {
  /** Name or realm ID, as an argument or with --connection. */
  connection?: string | undefined;
  /** For a caller that is a program even where a person sits at the terminal. */
  withoutAsking?: boolean | undefined;
}

type Doors = Pick<World, "env" | "configFiles" | "facts" | "prompter">;

/**
 * The connection that a command is about: the named one, then QBO_CONNECTION, the project's, the default, the only one, the
 * person's answer. The environment and the app that are given as near as it is named, or nearer, must fit it.
 * @throws NOT_CONNECTED when there is none, AMBIGUOUS_CONNECTION naming the candidates when several fit, STORE_CORRUPT when its record,
 * or one that might be meant, is damaged.
 */
export async function chooseConnection(world: Doors, choice: ConnectionChoice): Promise<ConnectionFacts> {
  return chooseBySettings(world, choice, await readSettings(world, choice));
}

/** As `chooseConnection`, by settings that were read with the choice as flags. */
export async function chooseBySettings(
  world: Doors,
  choice: ConnectionChoice,
  settings: Settings,
): Promise<ConnectionFacts> {
  const named = settings.connection;
  const narrowing = narrowTo(settings, ["flag", "variable", "project"]);
  if (named && !(await isPassedOver(world, named, narrowing))) return findNamed(world, named, narrowing);
  // Asked for only where there is something to ask: the answer opens stdin, which takes time.
  const canAsk = () => world.prompter.canAsk && !choice.withoutAsking;
  const { facts: known, damaged } = await world.facts.survey();
  // Nobody named one: what cannot be read might be the one that is meant, or make it one of several.
  if (damaged.length > 0 && !canAsk()) assertUndamaged(damaged);
  const fitting = narrow(known, narrowing);
  const preferred = narrow(fitting, settings);
  const candidates = preferred.length > 0 ? preferred : fitting;
  const [only, ...others] = candidates;
  if (!only) throw explainNone(narrowing, known.length === 0 ? describePlace(world.env) : null);
  if (others.length === 0) return only;
  if (!canAsk()) throw explainSeveral(candidates, "Several connections fit");
  const choices = candidates.map((facts) => ({
    value: facts.name,
    label: `${facts.name} (${facts.companyName ?? facts.realmId}, ${facts.environment})`,
  }));
  const name = await world.prompter.choose("Which connection?", choices);
  return candidates.find((facts) => facts.name === name) ?? only;
}

function assertUndamaged([first]: readonly DamagedFacts[]): void {
  if (first) throw first.error;
}

/** Whether a default gives way, because something nearer asks for another environment or app than it has. */
async function isPassedOver(world: Doors, { value, layer }: Setting<string>, narrowing: Narrowing): Promise<boolean> {
  if ((layer !== "user" && layer !== "system" && layer !== "project") || !isConnectionName(value)) return false;
  const facts = await world.facts.read(value);
  const nearer = layer === "project" ? narrowTo(narrowing, ["flag", "variable"]) : narrowing;
  return facts !== undefined && narrow([facts], nearer).length === 0;
}

/** What must fit a connection that is named on a layer: what the command line names wins over a variable, for one. */
function findBinding({ layer }: Setting<string>, narrowing: Narrowing): Narrowing {
  if (layer === "flag") return narrowTo(narrowing, ["flag"]);
  return layer === "variable" ? narrowTo(narrowing, ["flag", "variable"]) : narrowing;
}

async function findNamed(world: Doors, named: Setting<string>, narrowing: Narrowing): Promise<ConnectionFacts> {
  const { value } = named;
  const binding = findBinding(named, narrowing);
  if (isConnectionName(value)) {
    const facts = await world.facts.read(value);
    if (facts && narrow([facts], binding).length === 1) return facts;
    if (facts) throw explainMismatch(facts, binding);
  }
  const { facts: all, damaged } = await world.facts.survey();
  const fitting = isRealmId(value) ? narrow(all, binding).filter((facts) => facts.realmId === value) : [];
  const preferred = narrow(fitting, narrowing);
  const matches = preferred.length > 0 ? preferred : fitting;
  const [only, ...others] = matches;
  if (only && others.length === 0) return only;
  if (only) throw explainSeveral(matches, `Several connections have the realm ID ${value}`);
  if (isRealmId(value)) assertUndamaged(damaged);
  throw explainUnknown(named, all, describePlace(world.env));
}
