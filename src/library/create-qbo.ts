import type { ConnectionFacts } from "../core/connection.ts";
import { QboError } from "../core/errors.ts";
import type { World } from "../core/world.ts";
import { chooseConnection, type ConnectionChoice } from "../flows/connections/choose-connection.ts";
import { assertSameOrigins } from "../flows/environments/same-origins.ts";
import { getFreshToken } from "../flows/refresh/fresh-token.ts";
import { describeHandedOut, handOutToken } from "../flows/hand-out-token.ts";
import { revokeConnection } from "../flows/revoke/revoke.ts";
import { readSettings } from "../flows/settings.ts";
import { reportOneConnection, reportStatus } from "../flows/connections/status.ts";
import type { Refreshed, Revoked } from "./answers.ts";
import { createCalls } from "./calls.ts";
import { copyWithoutSecrets } from "./pass-on.ts";
import type { OpenWorld } from "./library-world.ts";
import type { RevokeOptions } from "./options.ts";
import type { Qbo } from "./qbo.ts";
import { assertOptions, type KnownOptions } from "./assert-options.ts";
import { readChoice, readSeconds, readSelection, readStates } from "./arguments.ts";

/** The flows of the program for callers in the same process. The signal cancels every call. */
export function createQbo(enter: OpenWorld, signal?: AbortSignal): Qbo {
  const calls = createCalls(signal);
  return {
    listConnections: async (options = {}) => {
      assertOptions(options, listOptions);
      return calls.run(async (interruption) => {
        const states = readStates(options.states);
        const expiringWithin = readSeconds("expiringWithin", options.expiringWithin);
        const warnWithin = readSeconds("warnWithin", options.warnWithin);
        const filter = { states, expiringWithin, warnWithin };
        return copyWithoutSecrets(await reportStatus(enter(interruption), readSelection(options), filter));
      }, options);
    },
    status: async (connection, options = {}) => {
      assertOptions(options, callOptions);
      return calls.run(async (interruption) => {
        const inside = enter(interruption);
        const facts = await chooseConnection(inside, readChoice(connection, options));
        return copyWithoutSecrets(await reportOneConnection(inside, facts));
      }, options);
    },
    getAccessToken: async (connection, options = {}) => {
      assertOptions(options, tokenOptions);
      return calls.run(async (interruption) => {
        const minValidity = readSeconds("minValidity", options.minValidity, 3300);
        const choice = readChoice(connection, options);
        return describeHandedOut(await handOutToken(enter(interruption), choice, minValidity));
      }, options);
    },
    refresh: async (connection, options = {}) => {
      assertOptions(options, callOptions);
      return calls.run((interruption) => refresh(enter(interruption), readChoice(connection, options)), options);
    },
    revoke: async (connection, options = {}) => {
      assertOptions(options, revokeOptions);
      const terms = { signal: options.signal, isOnlyCopy: true };
      return calls.run((interruption) => revoke(enter(interruption), connection, options), terms);
    },
    close: calls.close,
  };
}

const callOptions: KnownOptions = { environment: "own", app: "own", signal: "signal" };
const tokenOptions: KnownOptions = { ...callOptions, minValidity: "own" };
const listOptions: KnownOptions = { ...callOptions, states: "own", expiringWithin: "own", warnWithin: "own" };
const revokeOptions: KnownOptions = { ...callOptions, localOnly: "switch", forget: "switch" };

async function refresh(world: World, choice: ConnectionChoice): Promise<Refreshed> {
  const facts = await chooseConnection(world, choice);
  await assertOrigins(world, facts);
  const { outcome } = await getFreshToken(world, facts, { minValidity: 0, force: true, allowLastMinute: false });
  return { connection: facts.name, outcome };
}

async function revoke(world: World, connection: string | undefined, options: RevokeOptions): Promise<Revoked> {
  const choice = readChoice(connection, options);
  if (choice.connection === undefined)
    throw new QboError("USAGE", "Revoking cannot be undone: the connection must be named.");
  const { localOnly = false, forget = false } = options;
  const facts = await chooseConnection(world, { ...choice, withoutProject: true });
  if (!localOnly) await assertOrigins(world, facts);
  const { remote, local, error } = await revokeConnection(world, facts, { localOnly, forget });
  if (error) throw error;
  if (remote === "failed" || local === "kept")
    throw new QboError("UNEXPECTED", "A revocation failed without a reason.", { details: { connection: facts.name } });
  return { connection: facts.name, remote, local };
}

async function assertOrigins(world: World, facts: ConnectionFacts): Promise<void> {
  assertSameOrigins(world.env, await readSettings(world), facts);
}
