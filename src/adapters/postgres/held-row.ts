import { asQboError } from "../../core/errors.ts";
import { StaleGeneration } from "../../core/failures.ts";
import { second } from "../../core/instant.ts";
import type { Secret } from "../../core/secret.ts";
import { isServerLost } from "./failure.ts";
import { openRow, sealRow, type Team } from "./secret-row.ts";
import { takeRow, type TakenRow } from "./take-row.ts";

/** One row of secrets in the hands of one holder. */
export interface HeldRow {
  /** What is stored now. */
  read(): Promise<Secret | undefined>;
  /** Throws `StaleGeneration` when somebody else had the row meanwhile and changed it. */
  assertUnchanged(): Promise<void>;
  /** Committed before it resolves. `check` sees what is stored, in the same transaction, and throws when it must not be replaced. */
  write(value: Secret, check?: (stored: Secret | undefined) => void): Promise<void>;
  remove(): Promise<boolean>;
  release(): Promise<void>;
}

/** Pauses before each further try to save: a server that restarts is back soon, and what is to be saved has no other copy. */
const savePauses = [0, second / 2, 2 * second];

/**
 * Holds a row that was taken. Saving ends the transaction, because only what is committed is safe; so does losing the server. Whoever goes
 * on then takes the row anew, and finds out whether anybody else has changed it in between.
 */
export function holdRow(team: Team, key: string, first: TakenRow): HeldRow {
  let held: TakenRow | undefined = first;
  /** What this holder last saw stored. */
  let seen = first.sealed;

  const letGo = async () => {
    const { session } = held ?? {};
    held = undefined;
    await session?.release();
  };
  const hold = async (): Promise<TakenRow> => {
    if (held) return held;
    const outcome = await takeRow<never>(team, key);
    if (!("taken" in outcome)) return outcome.answer;
    return (held = outcome.taken);
  };
  /** The row as it is now: whether the server still keeps others away, it tells only when it is asked. */
  const look = async (): Promise<TakenRow> => {
    try {
      await held?.session.query("SELECT 1");
    } catch (error) {
      await letGo();
      if (!isServerLost(error)) throw error;
    }
    return hold();
  };
  const change = async (sealed: string | null, row: TakenRow) => {
    if (sealed === null) await row.session.query("DELETE FROM qbo.secret WHERE key = $1", [key]);
    else await row.session.query("UPDATE qbo.secret SET sealed = $2 WHERE key = $1", [key, sealed]);
    await row.session.commit();
    seen = sealed;
    await letGo();
  };

  return {
    async read() {
      const row = await look();
      seen = row.sealed;
      return openRow(team, key, row);
    },
    async assertUnchanged() {
      const row = await look();
      if (row.sealed !== seen) throw new StaleGeneration(`${key} was changed by another holder`);
    },
    async write(value, check) {
      let sealed: string | undefined;
      let failure: unknown;
      for (const pause of savePauses) {
        try {
          if (pause > 0) await team.clock.sleep(pause);
          const row = await hold();
          // A commit whose answer was lost may have arrived all the same.
          if (sealed !== undefined && row.sealed === sealed) return void (seen = sealed);
          if (check) check(await openRow(team, key, row));
          sealed ??= await sealRow(team, row.sheet, { key, value });
          return await change(sealed, row);
        } catch (error) {
          await letGo();
          if (!isServerLost(error)) throw error;
          failure = error;
        }
      }
      throw failure;
    },
    async remove() {
      const row = await look();
      await change(null, row);
      return row.sealed !== null;
    },
    async release() {
      try {
        // An empty row was only made to be held.
        if (held?.sealed === null) await change(null, held);
      } catch (error) {
        // The work is done and its outcome is what the caller has to learn. An empty row harms nobody.
        if (!asQboError(error)) throw error;
      } finally {
        await letGo();
      }
    },
  };
}
