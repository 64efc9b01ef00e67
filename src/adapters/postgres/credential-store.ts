import { randomBytes } from "node:crypto";
import type { ConnectionId } from "../../core/connection.ts";
import { QboError } from "../../core/errors.ts";
import { StaleGeneration } from "../../core/failures.ts";
import { Secret } from "../../core/secret.ts";
import type { CredentialStore, HeldTokens, TokensWait } from "../../core/store-ports.ts";
import { decodeTokens, encodeTokens } from "../../core/token-record.ts";
import type { Tokens } from "../../core/tokens.ts";
import { holdRow, type HeldRow } from "./held-row.ts";
import { openRow, readSealedRow, removeRow, writeRow, type SealedRow, type Team } from "./secret-row.ts";
import { takeRow, type RowWait } from "./take-row.ts";

/** Tokens and client secrets in one table. Reading takes no lock; a holder keeps the row of its connection locked. */
export function createTeamCredentialStore(team: Team): CredentialStore {
  return {
    async load(id) {
      const key = connectionKey(id);
      return decode(await openRow(team, key, await readSealedRow(team, key)));
    },
    async exclusively(id, work, wait) {
      const key = connectionKey(id);
      const outcome = await takeRow(team, key, followRow(team, key, wait ?? {}));
      if ("answer" in outcome) return outcome.answer;
      const row = holdRow(team, key, outcome.taken);
      try {
        return await work(holdTokens(row));
      } finally {
        await row.release();
      }
    },
    async readClientSecret(clientId) {
      const key = clientKey(clientId);
      return openRow(team, key, await readSealedRow(team, key));
    },
    writeClientSecret: (clientId, secret) => writeRow(team, clientKey(clientId), secret),
    removeClientSecret: (clientId) => removeRow(team, clientKey(clientId)),
    probe: () => exercise(team),
    describe: async () =>
      `The secrets lie in the team store ${team.text}, sealed with QBO_STORE_KEY before they leave this machine.`,
  };
}

function holdTokens(row: HeldRow): HeldTokens {
  return {
    async assertOwned() {
      try {
        await row.assertUnchanged();
      } catch (error) {
        throw error instanceof StaleGeneration ? lost(error) : error;
      }
    },
    load: async () => decode(await row.read()),
    checkWritable: () => row.assertUnchanged(),
    replace: (tokens) => row.write(new Secret(encodeTokens(tokens))),
    save: (tokens, { after }) =>
      row.write(new Secret(encodeTokens(tokens)), (stored) => {
        if ((decode(stored)?.generation ?? 0) === after) return;
        throw new StaleGeneration(`generation ${after} is no longer the stored one`);
      }),
    remove: () => row.remove(),
  };
}

function followRow<T>(team: Team, key: string, { leaveWith, announce, signal }: TokensWait<T>): RowWait<T> {
  return {
    ...(leaveWith
      ? { leaveWith: async (current: SealedRow) => leaveWith(decode(await openRow(team, key, current))) }
      : {}),
    ...(announce ? { announce } : {}),
    ...(signal ? { signal } : {}),
  };
}

/** Writes, reads and removes a value of its own. */
async function exercise(team: Team): Promise<void> {
  const key = `probe/${randomBytes(8).toString("hex")}`;
  const value = new Secret(randomBytes(16).toString("hex"));
  await writeRow(team, key, value);
  const found = await openRow(team, key, await readSealedRow(team, key));
  const isRemoved = await removeRow(team, key);
  if (found?.equals(value) === true && isRemoved) return;
  throw new QboError("STORE_UNAVAILABLE", `What was written to the team store ${team.text} did not come back.`, {
    hint: "Make sure that the address is that of the primary server, then repeat the command.",
  });
}

function decode(record: Secret | undefined): Tokens | undefined {
  return record && decodeTokens(record.reveal());
}

function lost(cause: Error): QboError {
  return new QboError(
    "LOCK_TIMED_OUT",
    "The server took the connection from this process, and another one changed it.",
    {
      hint: "Run the command again.",
      cause,
    },
  );
}

function connectionKey(id: ConnectionId): string {
  return `connection/${id}`;
}

function clientKey(clientId: string): string {
  return `client/${clientId}`;
}
