import { QboError } from "../../core/errors.ts";
import { parseDuration } from "../../core/duration.ts";
import { rhythmSeconds, type Rhythm, type Scheduler } from "./job.ts";
import type { StoreNeed } from "./store-needs.ts";

/** Why a scheduler cannot reach the keychain: it runs without the session that unlocks it. */
const withoutSession: Partial<Record<Scheduler, string>> = {
  cron: "cron runs outside of your session, so it cannot open the keychain",
  "task-scheduler": "a task that runs while nobody is logged in cannot open the Credential Manager",
};

export interface Feasibility {
  /** Whether it runs only in a session of the user, for the keychain's sake. */
  needsSession: boolean;
  /** What a person should know about it. */
  conditions: string[];
}

/**
 * Refuses combinations that cannot work, and answers on what condition the others do.
 * @throws CONFIG_INVALID naming the connections and what to use instead.
 */
export function judgeFeasibility(scheduler: Scheduler, needs: readonly StoreNeed[]): Feasibility {
  const ofKind = (...kinds: readonly string[]) => needs.filter(({ kind = "" }) => kinds.includes(kind));
  const local = ofKind("keychain", "file", "helper");
  if (scheduler === "github-actions" && local.length > 0)
    throw refuse(
      `a hosted workflow begins with an empty machine each time, and ${describe(local, "a store of this machine")}`,
      "Share them in a team store first: qbo store move --all --to postgres://<user>@<host>/<database>",
    );
  const kept = ofKind("keychain");
  const keyed = ofKind("file").filter(({ key }) => key === "keychain");
  const obstacle = withoutSession[scheduler];
  const instead = scheduler === "cron" ? "; or, on a desktop, --for systemd" : "";
  if (kept.length > 0 && obstacle !== undefined)
    throw refuse(
      `${obstacle}, and ${describe(kept, "it")}`,
      `Set QBO_STORE_KEY (qbo store keygen makes one), then use the file store: qbo store move --all --to file${instead}`,
    );
  if (keyed.length > 0 && obstacle !== undefined)
    throw refuse(
      `${obstacle}, and ${describe(keyed, "the file store, whose key lies there")}`,
      `Give that store a key of yours: qbo store keygen, then qbo store rekey --new-key-stdin${instead}`,
    );
  const needsSession = kept.length + keyed.length > 0;
  const reason =
    kept.length > 0
      ? describe(kept, "the keychain")
      : describe(keyed, "the file store, whose key lies in the keychain");
  const conditions: string[] = [];
  if (needsSession)
    conditions.push(`It works only while you are logged in and the keychain is unlocked, because ${reason}.`);
  if (ofKind("helper").length > 0)
    conditions.push("It works only as long as the credential helper answers without asking a person.");
  return { needsSession, conditions };
}

/**
 * Refuses a rhythm in which a connection may end between two runs, or because one run fails. `window`: how long before its end a
 * connection is refreshed.
 * @throws CONFIG_INVALID
 */
export function assertOftenEnough(every: Rhythm, window: string): void {
  const hours = (2 * rhythmSeconds[every]) / 3600;
  if ((parseDuration(window) ?? 0) >= hours * 3600) return;
  throw refuse(
    `a run that is ${every} and takes only what expires within ${window.trim()} comes too late for some when one run fails`,
    `Give --expiring-within ${hours < 24 ? `${hours}h` : `${hours / 24}d`} or more; 30d suits every rhythm.`,
  );
}

function refuse(reason: string, hint: string): QboError {
  return new QboError("CONFIG_INVALID", `That cannot work: ${reason}.`, { hint });
}

const mostNames = 5;

function describe(needs: readonly StoreNeed[], what: string): string {
  const names = [...new Set(needs.map(({ connection }) => connection).filter((name) => name !== null))];
  if (names.length === 0) return `new connections use ${what}`;
  const rest = names.length > mostNames ? ` and ${names.length - mostNames} more` : "";
  return `${names.slice(0, mostNames).join(", ")}${rest} use${names.length === 1 ? "s" : ""} ${what}`;
}
