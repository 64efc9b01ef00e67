import { formatMoment, minute } from "../../core/instant.ts";
import { notSent, type JournalEvent } from "../../core/journal-event.ts";
import type { Finding } from "./finding.ts";
import { answerNames, findLastRejection, isArrival, isRejection, listAnswers, wasRejected } from "./journal-answers.ts";

/** What is needed to read a connection's fate out of the journal. */
export interface Lineage {
  /** All events, oldest first. */
  events: readonly JournalEvent[];
  /** ID of the connection. */
  id: string;
  /** Fingerprint of the stored refresh token; null when none is stored. */
  stored: string | null;
  /** The host on which this process runs. */
  host: string;
}

/** So many connections rejected within so many milliseconds look like an outage. */
export const wave = { connections: 3, within: 10 * minute };

const sentCodes = (events: readonly JournalEvent[]) =>
  events.filter(({ event, outcome }) => event === "code-exchanged" && outcome !== notSent);

/** What the journal says about a refresh token that Intuit rejects, or soon will. */
export function traceLineage(lineage: Lineage): Finding[] {
  return [
    findRevocation(lineage),
    findDoubleExchange(lineage),
    findNewerToken(lineage),
    findExport(lineage),
    findLostAnswer(lineage),
    findWave(lineage),
  ].filter((finding) => finding !== undefined);
}

function findRevocation({ events, id }: Lineage): Finding | undefined {
  const own = events.filter(({ connection }) => connection === id);
  const revoked = findEffectiveRevocation(own);
  const renewed = own.findLast(isArrival);
  if (!revoked || (renewed && own.indexOf(renewed) > own.indexOf(revoked))) return undefined;
  const when = `${formatMoment(revoked.at)}${describePlace(revoked)}`;
  if (!openOutcomes.has(revoked.outcome))
    return {
      cause: "revoked-here",
      confidence: "certain",
      evidence: `The journal holds our own revocation at ${when}.`,
    };
  const isAlive = own.slice(own.indexOf(revoked)).some(({ event }) => event === "refreshed");
  const evidence = `A revocation was sent at ${when}, and how it ended is not known.`;
  return isAlive ? undefined : { cause: "revoked-here", confidence: "likely", evidence };
}

/** Outcomes of a revocation that may have taken place. */
const openOutcomes: ReadonlySet<string | null> = new Set(["started", "unconfirmed"]);

/** The last revocation that took place, or may have; a start that was followed by its outcome is judged by that. */
function findEffectiveRevocation(own: readonly JournalEvent[]): JournalEvent | undefined {
  const revocations = own.filter(({ event }) => event === "revoked");
  return revocations.findLast(({ outcome }, index) => {
    const next = revocations[index + 1];
    const isAnswered = outcome === "started" && next !== undefined && next.outcome !== "started";
    return outcome !== "failed" && !isAnswered;
  });
}

/** A code that was exchanged and then sent again, before the first rejection. */
function findDoubleExchange({ events, id }: Lineage): Finding | undefined {
  const first = events.findLast(({ event, outcome, connection }) => {
    return event === "code-exchanged" && outcome === "ok" && connection === id;
  });
  const again =
    first && sentCodes(events.slice(events.indexOf(first) + 1)).find((sent) => sent.tokenBefore === first.tokenBefore);
  if (!again) return undefined;
  const evidence = `The journal shows the code ${again.tokenBefore ?? ""} exchanged at ${formatMoment(first.at)} and sent again at ${formatMoment(again.at)}${describePlace(again)}.`;
  return { cause: "double-exchange", confidence: wasRejected(events, id) ? "certain" : "likely", evidence };
}

/** A rotation away from the token that is stored, or a stored token that is newer than the rejected one. */
function findNewerToken(lineage: Lineage): Finding | undefined {
  const { events, id, stored, host } = lineage;
  const own = events.filter(({ connection }) => connection === id);
  const isCertain = wasRejected(events, id);
  const rotation = own.find(
    ({ event, tokenBefore, tokenAfter }) =>
      event === "refreshed" && stored !== null && tokenBefore === stored && tokenAfter !== stored,
  );
  if (rotation) {
    const evidence = `The journal shows that ${stored ?? ""}, which is stored, was replaced by ${rotation.tokenAfter ?? ""} at ${formatMoment(rotation.at)}${describePlace(rotation)}.`;
    const cause = rotation.host === host ? "stale-refresh-token" : "rotated-elsewhere";
    return { cause, confidence: isCertain ? "certain" : "likely", evidence };
  }
  const rejected = own.findLast(isRejection);
  const arrival = own.findLast(({ tokenAfter }) => stored !== null && tokenAfter === stored);
  if (!isCertain || !rejected || !arrival || rejected.tokenBefore === stored) return undefined;
  const evidence = `The rejected token was ${rejected.tokenBefore ?? "another one"}; the store holds ${stored ?? ""}, which came at ${formatMoment(arrival.at)}${describePlace(arrival)}.`;
  return { cause: "rotated-elsewhere", confidence: "certain", evidence };
}

/** A rejection after the connection was exported, and nothing came back in since: whoever imported it refreshes there. */
function findExport({ events, id }: Lineage): Finding | undefined {
  const own = events.filter(({ connection }) => connection === id);
  const exported = own.slice(own.findLastIndex(isArrival) + 1).findLast(({ event }) => event === "exported");
  if (!exported || !wasRejected(events, id)) return undefined;
  const evidence = `The connection was exported at ${formatMoment(exported.at)}${describePlace(exported)}; a refresh elsewhere ends the copy here.`;
  return { cause: "rotated-elsewhere", confidence: "likely", evidence };
}

/** A refresh of the stored token of which nobody knows whether it took place. */
function findLostAnswer({ events, id, stored }: Lineage): Finding | undefined {
  const answers = listAnswers(events, id);
  const settled = answers.findLastIndex(({ event }) => event === "refreshed" || event === "code-exchanged");
  const since = answers[settled]?.at ?? 0;
  const lost =
    answers.slice(settled + 1).findLast(({ event }) => event === "refresh-unconfirmed") ??
    findAbandonedStart(events.filter(({ connection, at }) => connection === id && at >= since));
  if (!lost || (stored !== null && lost.tokenBefore !== null && lost.tokenBefore !== stored)) return undefined;
  const evidence = `The answer to the refresh of ${formatMoment(lost.at)}${describePlace(lost)} never came.`;
  return { cause: "unconfirmed-refresh", confidence: isRejection(answers.at(-1)) ? "likely" : "certain", evidence };
}

/** A refresh whose process ended before it could note the answer: the next one began without it. */
function findAbandonedStart(own: readonly JournalEvent[]): JournalEvent | undefined {
  return own.findLast((start, index) => {
    if (start.event !== "refresh-started") return false;
    const later = own.slice(index + 1);
    const next = later.findIndex(({ event }) => event === "refresh-started");
    const isAnswered = later
      .slice(0, next)
      .some(({ event, host, pid }) => answerNames.has(event) && host === start.host && pid === start.pid);
    return next !== -1 && !isAnswered;
  });
}

/**
 * Several connections rejected within minutes, and nothing accepted in between (Intuit, FAQ: an outage may answer `invalid_grant`): of all, or
 * of the same environment, as another one may be well meanwhile.
 */
function findWave({ events, id }: Lineage): Finding | undefined {
  const last = findLastRejection(events, id);
  if (!last || !wasRejected(events, id)) return undefined;
  const near = events.filter(({ at, connection }) => connection !== null && Math.abs(at - last.at) <= wave.within);
  const environment = id.slice(0, id.indexOf("/") + 1);
  const akin = near.filter(({ connection }) => connection?.startsWith(environment));
  const rejected = [near, akin].map(listRejectedAlone).find(({ size }) => size >= wave.connections);
  if (!rejected) return undefined;
  const evidence = `${rejected.size} different connections were rejected within minutes of ${formatMoment(last.at)}, and none was accepted.`;
  return { cause: "service-outage", confidence: "likely", evidence };
}

/** The connections that were rejected; none where another one was accepted. */
function listRejectedAlone(events: readonly JournalEvent[]): ReadonlySet<string | null> {
  if (events.some(({ event }) => event === "refreshed")) return new Set();
  return new Set(events.filter(isRejection).map(({ connection }) => connection));
}

function describePlace({ host, pid }: JournalEvent): string {
  return ` by process ${pid} on ${host}`;
}
