import type { Instant } from "../../core/instant.ts";
import { makePrintable } from "../../core/printable.ts";
import { notSent, type JournalEvent } from "../../core/journal-event.ts";
import { wrapLines } from "../../core/wrap-lines.ts";
import type { History } from "../../flows/connections/history.ts";
import type { Style } from "./command.ts";
import { indent } from "./fields.ts";

const words: Readonly<Record<JournalEvent["event"], string>> = {
  "login-started": "sign-in started",
  "code-received": "consent came back",
  "code-exchanged": "code exchanged",
  "refresh-started": "refresh sent",
  refreshed: "refreshed",
  "refresh-rejected": "refresh failed",
  "refresh-unconfirmed": "answer to the refresh lost",
  revoked: "revoked",
  imported: "imported",
  exported: "exported",
  moved: "moved to another store",
  "reconnect-required": "a person must sign in again",
};

const calmOutcomes = new Set(["ok", "revoked", "imported"]);

/** Events for a person, the oldest first, in local time; below a heading for each day on a terminal, one line each elsewhere. */
export function describeTimeline(history: History, style: Style): string[] {
  const { leftOut } = history;
  if (history.events.length === 0) return ["The journal has nothing about that."];
  const sent = leaveOutWithdrawn(history.events);
  const events = sent.length === 0 ? history.events : sent;
  const more = leftOut === 0 ? [] : [style.dim(describeLeftOut(leftOut)), ""];
  if (!style.isTerminal) return [...more, ...events.map((event) => describeInOneLine(event, history))];
  const entries = events.flatMap((event, index) => describeForEyes(event, events[index - 1], { history, style }));
  return [...more, ...entries];
}

/**
 * A refresh is noted before it is sent, so that one whose process dies then is known. What was given up while it waited for its turn leaves that
 * line and another one, which a person need not read: nothing happened.
 */
function leaveOutWithdrawn(events: readonly JournalEvent[]): readonly JournalEvent[] {
  const withdrawn = new Set<JournalEvent>();
  const begun = new Map<string, JournalEvent>();
  for (const event of events) {
    const key = `${event.connection} ${event.host} ${event.pid} ${event.tokenBefore}`;
    if (event.event === "refresh-started") begun.set(key, event);
    if (event.event !== "refresh-rejected" || event.outcome !== notSent) continue;
    const start = begun.get(key);
    if (start) withdrawn.add(start);
    withdrawn.add(event);
  }
  return events.filter((event) => !withdrawn.has(event));
}

function describeLeftOut(count: number): string {
  const what = count === 1 ? "1 earlier event is" : `${count} earlier events are`;
  return `${what} not shown; see more with --limit.`;
}

function describeInOneLine(event: JournalEvent, history: History): string {
  const { date, time } = tellTime(event.at);
  return [`${date} ${time}`, nameConnection(event, history), headline(event), ...listEvidence(event, history)].join(
    "  ",
  );
}

function describeForEyes(
  event: JournalEvent,
  previous: JournalEvent | undefined,
  { history, style }: { history: History; style: Style },
): string[] {
  const { date, time } = tellTime(event.at);
  const isNewDay = previous === undefined || tellTime(previous.at).date !== date;
  const heading = isNewDay ? [...(previous === undefined ? [] : [""]), style.bold(date)] : [];
  const name = nameConnection(event, history);
  const paint = choosePaint(event, style);
  const margin = 4;
  const evidence = wrapLines(listEvidence(event, history).join(" · "), style.columns - margin);
  return [
    ...heading,
    `  ${style.dim(time)}  ${name}  ${paint(headline(event))}`,
    ...indent(
      evidence.split("\n").flatMap((line) => (line === "" ? [] : [style.dim(line)])),
      margin,
    ),
  ];
}

function headline({ event, outcome }: JournalEvent): string {
  const [what, how] = [words[event], outcome ?? "ok"];
  return how === "ok" || how === event ? what : `${what} (${how})`;
}

function listEvidence(event: JournalEvent, { host }: History): string[] {
  const { tokenBefore, tokenAfter, intuitTid, detail, pid } = event;
  return [
    ...(codeEvents.has(event.event) ? describeCode(tokenBefore, tokenAfter) : describeTokens(tokenBefore, tokenAfter)),
    ...(intuitTid === null ? [] : [`intuit_tid ${intuitTid}`]),
    ...(event.host === host ? [] : [`on ${makePrintable(event.host, 60)}, process ${pid}`]),
    ...(detail === null ? [] : [detail]),
  ];
}

/** What was exchanged is a code, and no token. */
const codeEvents: ReadonlySet<JournalEvent["event"]> = new Set(["code-received", "code-exchanged"]);

function describeCode(code: string | null, token: string | null): string[] {
  return [...(code === null ? [] : [`code ${code}`]), ...(token === null ? [] : [`token ${token}`])];
}

function describeTokens(before: string | null, after: string | null): string[] {
  if (before === null && after === null) return [];
  if (after === null) return [`token ${before ?? ""}`];
  if (before === null || before === after) return [`token ${after}${before === after ? " (the same)" : ""}`];
  return [`${before} → ${after}`];
}

function nameConnection({ connection }: JournalEvent, { names }: History): string {
  if (connection === null) return "-";
  return names.get(connection) ?? connection.split("/").at(-1) ?? connection;
}

function choosePaint({ event, outcome }: JournalEvent, style: Style): Style["bold"] {
  if (event === "refresh-rejected" || event === "reconnect-required") return style.red;
  if (event === "refresh-unconfirmed") return style.yellow;
  if (outcome !== null && !calmOutcomes.has(outcome)) return style.yellow;
  return event === "refreshed" || event === "code-exchanged" ? style.green : (text) => text;
}

/** In local time, to the second: events follow each other quickly. */
function tellTime(at: Instant): { date: string; time: string } {
  const date = new Date(at);
  const two = (number: number) => String(number).padStart(2, "0");
  return {
    date: `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`,
    time: `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`,
  };
}
