import type { RemoteOutcome, RevokeResult } from "../../flows/revoke/revoke.ts";
import { pickTelling } from "./bulk.ts";
import type { Style } from "./command.ts";

/** `connection` is null for a token that no store holds. */
export type Revoked = Omit<RevokeResult, "connection"> & { connection: string | null };

/** The end of the answer about many; at a terminal, where a bar was seen meanwhile, with the results that tell something. */
export function formatRevocations(results: readonly Revoked[], style: Style): string {
  if (results.length === 0) return "Nothing was revoked: no connection fits.";
  const lines = style.isTerminal ? pickTelling(results).map((result) => formatRevocation(result, style)) : [];
  const failed = results.filter(({ error }) => error !== null).length;
  const removed = results.filter(({ local }) => local !== "kept").length;
  return [...lines, `${removed} disconnected here, ${failed} failed`].join("\n");
}

/** One result as a line for a person. */
export function formatRevocation({ connection, remote, local, error }: Revoked, style: Style): string {
  const name = connection === null ? "The given token" : style.bold(connection);
  if (error) return `${style.red("✗")} ${name}: ${error.message}${error.hint === null ? "" : ` ${error.hint}`}`;
  const remotely: Record<RemoteOutcome, string> = {
    revoked: "revoked at Intuit",
    "already-dead": "was not alive at Intuit any more",
    failed: "could not be revoked at Intuit",
    skipped: "not revoked at Intuit",
  };
  const locally = { disconnected: "disconnected here", removed: "removed here", kept: "nothing changed here" }[local];
  const wayBack = local === "disconnected" ? style.dim(`  (to restore: qbo login ${connection ?? ""})`) : "";
  return `${style.green("✓")} ${name}: ${remotely[remote]}, ${locally}${wayBack}`;
}
