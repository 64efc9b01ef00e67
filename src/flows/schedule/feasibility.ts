import { QboError } from "../../core/errors.ts";
import { readStoreName } from "../../core/store-name.ts";
import type { Scheduler } from "./job.ts";

/** A connection, or the default, and the store it needs. */
export interface StoreNeed {
  /** The connection; null for the store that new connections go to. */
  connection: string | null;
  store: string;
}

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
  const ofKind = (...kinds: readonly string[]) =>
    needs.filter(({ store }) => kinds.includes(readStoreName(store)?.kind ?? ""));
  const local = ofKind("keychain", "file", "helper");
  if (scheduler === "github-actions" && local.length > 0)
    throw refuse(
      `a hosted workflow begins with an empty machine each time, and ${describe(local, "a store of this machine")}`,
      "Share them in a team store first: qbo store move --all --to postgres://<user>@<host>/<database>",
    );
  const kept = ofKind("keychain");
  const obstacle = withoutSession[scheduler];
  if (kept.length > 0 && obstacle !== undefined)
    throw refuse(
      `${obstacle}, and ${describe(kept, "it")}`,
      `Use the file store: qbo store move --all --to file${scheduler === "cron" ? "; or, on a desktop, --for systemd" : ""}`,
    );
  const conditions: string[] = [];
  if (kept.length > 0)
    conditions.push(
      `It works only while you are logged in and the keychain is unlocked, because ${describe(kept, "the keychain")}.`,
    );
  if (ofKind("helper").length > 0)
    conditions.push("It works only as long as the credential helper answers without asking a person.");
  return { needsSession: kept.length > 0, conditions };
}

function refuse(reason: string, hint: string): QboError {
  return new QboError("CONFIG_INVALID", `That cannot work: ${reason}.`, { hint });
}

const mostNames = 5;

function describe(needs: readonly StoreNeed[], what: string): string {
  const names = needs.map(({ connection }) => connection).filter((name) => name !== null);
  if (names.length === 0) return `new connections use ${what}`;
  const rest = names.length > mostNames ? ` and ${names.length - mostNames} more` : "";
  return `${names.slice(0, mostNames).join(", ")}${rest} use${names.length === 1 ? "s" : ""} ${what}`;
}
