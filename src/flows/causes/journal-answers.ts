import { notSent, type JournalEvent } from "../../core/journal-event.ts";

/** Whether the last word of the token endpoint about the connection was `invalid_grant`. */
export function wasRejected(events: readonly JournalEvent[], id: string): boolean {
  return isRejection(listAnswers(events, id).at(-1));
}

/** Whether the last word of the token endpoint about the client was that its keys are wrong. */
export function wasClientRejected(events: readonly JournalEvent[], clientId: string): boolean {
  const answers = events.filter(
    ({ connection, event, outcome }) =>
      connection?.split("/")[1] === clientId &&
      (event === "refreshed" || event === "refresh-rejected" || event === "code-exchanged") &&
      outcome !== "unreachable" &&
      outcome !== notSent,
  );
  return answers.at(-1)?.outcome === "client-rejected";
}

/** When Intuit last rejected the connection's refresh token. */
export function findLastRejection(events: readonly JournalEvent[], id: string): JournalEvent | undefined {
  return events.findLast((event) => event.connection === id && isRejection(event));
}

/** The events that end what `refresh-started` began. */
export const answerNames = new Set<string>(["refreshed", "refresh-rejected", "refresh-unconfirmed", "imported"]);

/** What the token endpoint answered about the connection, oldest first. */
export function listAnswers(events: readonly JournalEvent[], id: string): JournalEvent[] {
  return events.filter(
    (event) =>
      event.connection === id &&
      event.outcome !== notSent &&
      (isArrival(event) || (event.event !== "imported" && answerNames.has(event.event))),
  );
}

/** Whether tokens came in. An import that failed says something about the token that was given, and nothing about the stored one. */
export function isArrival({ event, outcome }: JournalEvent): boolean {
  return event === "imported"
    ? outcome !== "rejected" && outcome !== "failed"
    : event === "code-exchanged" && outcome === "ok";
}

/** Whether Intuit rejected a refresh token that was stored. */
export function isRejection(event: JournalEvent | undefined): boolean {
  return event?.event === "refresh-rejected" && event.outcome === "rejected";
}
