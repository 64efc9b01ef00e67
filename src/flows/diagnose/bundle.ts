import type { ConnectionFacts } from "../../core/connection.ts";
import { formatInstant } from "../../core/instant.ts";
import { makePrintable } from "../../core/printable.ts";
import type { JournalEvent } from "../../core/journal-event.ts";
import type { World } from "../../core/world.ts";
import { describeEvent } from "../connections/history.ts";
import type { Diagnosis } from "./examine.ts";

/** Variables whose values say nothing secret about anybody. */
const harmless = /^QBO_(ENV|APP|CONNECTION|STORE|SCOPES|REDIRECT_URI|NO_INPUT|DEBUG|EMULATOR_URL|CLIENT_ID)$|^CI$/;
const telling = /^(QBO_|(https?|no)_proxy$|NODE_EXTRA_CA_CERTS$|CI$)/i;

type Doors = Pick<World, "env" | "platform" | "clock" | "facts" | "journal" | "machine">;

/**
 * Writes what a support ticket needs into a new file, 0600: the diagnoses, the journal with every `intuit_tid`, expiries. No token, no secret,
 * no name of a company or a person, no path of the home folder.
 * @throws USAGE when the file exists.
 */
export async function writeBundle(world: Doors, path: string, diagnoses: readonly Diagnosis[]): Promise<void> {
  const chosen = new Set(diagnoses.map(({ connection }) => connection));
  const facts = (await world.facts.survey()).facts.filter(({ name }) => chosen.has(name));
  const own = facts.map(({ id }) => ({ connection: id }));
  const events = await world.journal.read({ isUnnamed: true }, ...own);
  const { version, os } = world.platform;
  const bundle = {
    generatedAt: formatInstant(world.clock.now()),
    qbo: { version, os },
    environment: describeVariables(world.env),
    intuitTids: listTransactions(facts, events),
    diagnoses: diagnoses.map(({ companyName: _name, ...diagnosis }) => diagnosis),
    connections: facts.map(describeConnection),
    events: events.map(describeEvent),
  };
  const text = JSON.stringify(bundle, undefined, 2).replaceAll(readHome(world.env), "~");
  await (await world.machine()).writeNewFile(path, `${text}\n`);
}

function describeConnection({ companyName: _name, idToken: _idToken, endpoints, tokens, ...facts }: ConnectionFacts) {
  const instant = (value: number | null) => (value === null ? null : formatInstant(value));
  return {
    ...facts,
    endpoints,
    connectedAt: instant(facts.connectedAt),
    lastUsedAt: instant(facts.lastUsedAt),
    disconnectedAt: instant(facts.disconnectedAt),
    lastRefresh: facts.lastRefresh && { ...facts.lastRefresh, at: instant(facts.lastRefresh.at) },
    rejection: facts.rejection && { ...facts.rejection, at: instant(facts.rejection.at) },
    tokens: {
      ...tokens,
      accessTokenExpiresAt: instant(tokens.accessTokenExpiresAt),
      accessTokenReceivedAt: instant(tokens.accessTokenReceivedAt ?? null),
      refreshTokenExpiresAt: instant(tokens.refreshTokenExpiresAt),
      refreshTokenRotatedAt: instant(tokens.refreshTokenRotatedAt),
      hardExpiresAt: instant(tokens.hardExpiresAt),
    },
  };
}

/** Which variables are set; values only of those that cannot be secret. */
function describeVariables(env: World["env"]): Record<string, string> {
  const set = Object.entries(env).filter(
    (entry): entry is [string, string] => telling.test(entry[0]) && entry[1] !== undefined,
  );
  return Object.fromEntries(
    set.map(([name, value]) => [name, harmless.test(name) ? makePrintable(value, 200) : "[set]"]),
  );
}

/** Every transaction ID of Intuit that is known, newest first: what its support asks for. */
function listTransactions(facts: readonly ConnectionFacts[], events: readonly JournalEvent[]): string[] {
  const all = [
    ...events.toReversed().map(({ intuitTid }) => intuitTid),
    ...facts.flatMap(({ lastRefresh, rejection }) => [lastRefresh?.intuitTid, rejection?.intuitTid]),
  ];
  return [...new Set(all.filter((tid) => typeof tid === "string"))];
}

function readHome(env: World["env"]): string {
  const home = env["HOME"] ?? env["USERPROFILE"] ?? "";
  return home.length > 1 ? JSON.stringify(home).slice(1, -1) : "\0";
}
