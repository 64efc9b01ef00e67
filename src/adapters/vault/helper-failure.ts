import { QboError } from "../../core/errors.ts";
import { makePrintable } from "../../core/printable.ts";
import { redactForeign } from "../../core/redaction.ts";
import type { HelperAnswer, HelperSilence } from "./helper-program.ts";

const alternatives = "Or choose another store for new connections: QBO_STORE=file.";

const silences: Record<HelperSilence, (limit: number) => string> = {
  late: (limit) => `it gave no answer within ${limit / 1000} s and was ended`,
  "too-much": () => "it answered more than 64 KiB and was ended",
  "not-started": () => "it could not be started",
};

/** What was asked of a helper, in words that follow its name. */
export interface HelperTask {
  program: string;
  verb: string;
  /** Milliseconds. */
  limit: number;
}

/** STORE_UNAVAILABLE for a helper from which no answer came. */
export function toSilenceError({ program, verb, limit }: HelperTask, silence: HelperSilence, cause: unknown): QboError {
  return new QboError("STORE_UNAVAILABLE", `${program} failed at \`${verb}\`: ${silences[silence](limit)}.`, {
    hint: `Try it by itself: \`${program} list\` should answer at once. It may be waiting for you to unlock what it keeps secrets in. ${alternatives}`,
    cause,
  });
}

/** STORE_UNAVAILABLE with what the helper said, which may be anything. */
export function toRefusalError({ program, verb }: HelperTask, { status, stdout, stderr }: HelperAnswer): QboError {
  // The protocol's place for a complaint is stdout; some helpers use the other.
  const said = [stdout, stderr].map(quote).find((text) => text !== "") ?? "it said nothing";
  const how = status === null ? "was ended by a signal" : `ended with status ${status}`;
  return new QboError("STORE_UNAVAILABLE", `${program} failed at \`${verb}\` (${how}): ${said}.`, {
    hint: `Mend what it complains about, then repeat the command; \`${program} list\` tries it by itself. ${alternatives}`,
  });
}

/** STORE_UNAVAILABLE for a helper that says that all is well while it is not. */
export function toDistrustError({ program, verb }: HelperTask, what: string): QboError {
  return new QboError("STORE_UNAVAILABLE", `${program} cannot be relied on: after \`${verb}\` ${what}.`, {
    hint: `See with \`${program} list\` what it keeps, and whether its version is a released one. ${alternatives}`,
  });
}

function quote(text: string): string {
  return makePrintable(redactForeign(text.trim()), 200).replace(/[.\s]+$/, "");
}
