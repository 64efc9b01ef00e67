import type { ConnectionFacts } from "../../core/connection.ts";
import { fingerprint } from "../../core/fingerprint.ts";
import type { Tokens } from "../../core/tokens.ts";
import type { World } from "../../core/world.ts";
import { formatAdvice, summarize } from "./causes.ts";
import type { CauseSubject } from "./cause.ts";
import { readEvidence } from "./evidence.ts";
import type { Finding } from "./finding.ts";
import { traceLineage, type Lineage } from "./lineage.ts";
import { rankFindings } from "./rank-findings.ts";

/** Why a refresh token was rejected, in a sentence, and what to do about it. */
export interface Explanation {
  sentence: string;
  advice: string;
}

/**
 * Explains a rejection by what lies here: expiries and journal. Nothing is asked of anybody. `facts` are those from before the
 * attempt, and `sent` are the tokens that were rejected, which need not be noted in the journal yet.
 */
export async function explainRejection(
  world: Pick<World, "journal" | "clock" | "platform">,
  facts: ConnectionFacts,
  sent: Tokens,
): Promise<Explanation> {
  const stored = fingerprint(sent.refreshToken.secret);
  const now = world.clock.now();
  const { hostname, pid } = world.platform;
  const blank = { tokenAfter: null, intuitTid: null, detail: null };
  const rejection = { event: "refresh-rejected", outcome: "rejected", tokenBefore: stored, ...blank } as const;
  const events = [
    ...(await readEvidence(world.journal, [facts], now)),
    { ...rejection, at: now, connection: facts.id, host: hostname, pid },
  ];
  const [first] = rankFindings([
    ...findExpiry(sent, now),
    ...traceLineage({ events, id: facts.id, stored, host: hostname } satisfies Lineage),
  ]);
  const { cause, confidence } = first ?? { cause: "revoked-or-rotated-elsewhere", confidence: "likely" };
  const subject = describeSubject(facts);
  return { sentence: summarize(cause, confidence, subject), advice: formatAdvice(cause, subject) };
}

function findExpiry({ refreshToken }: Tokens, now: number): Finding[] {
  const isPast = (end: number | null) => end !== null && end <= now;
  if (isPast(refreshToken.hardExpiresAt))
    return [{ cause: "hard-expiry-reached", confidence: "certain", evidence: "The recorded limit is past." }];
  if (isPast(refreshToken.expiresAt))
    return [{ cause: "refresh-token-expired", confidence: "certain", evidence: "The recorded expiry is past." }];
  return [];
}

function describeSubject({ name, realmId, environment, clientId }: ConnectionFacts): CauseSubject {
  return { connection: name, realmId, environment, clientId, redirectUri: null };
}
