import { formatDuration } from "../../core/duration.ts";
import { minute, second, type Instant } from "../../core/instant.ts";
import { notSent, type JournalEvent } from "../../core/journal-event.ts";
import type { Finding } from "./finding.ts";

/** The last sign-in that was tried, as the journal tells it. */
export interface SignInTrace {
  startedAt: Instant;
  redirectUri: string | null;
  /** `unanswered`: nothing came back from the browser in time; `open`: it is under way, or its process ended early. */
  end: "open" | "unanswered" | "connected" | "code-rejected" | "client-rejected" | "failed";
  /** The event that ended it, if any. */
  exchange: JournalEvent | undefined;
  receivedAt: Instant | null;
}

/** The word under which a sign-in that nobody answered is closed in the journal. */
const unanswered = "timed-out";

/** How long a code lives (Intuit, FAQ). */
const codeLife = 10 * minute;

/** The last sign-in that is about the connection, or about one that nobody knew yet; `undefined` when there is none. */
export function traceLastSignIn(events: readonly JournalEvent[], id: string | null): SignInTrace | undefined {
  const isAbout = ({ connection }: JournalEvent) => id === null || connection === null || connection === id;
  const start = events.findLast((event) => event.event === "login-started" && event.outcome === null && isAbout(event));
  if (!start) return undefined;
  const own = events
    .slice(events.indexOf(start) + 1)
    .filter(({ host, pid }) => host === start.host && pid === start.pid);
  const received = own.find(({ event }) => event === "code-received");
  const exchange = own.find(({ event }) => event === "code-exchanged");
  const isUnanswered = own.some(({ event, outcome }) => event === "login-started" && outcome === unanswered);
  return {
    startedAt: start.at,
    redirectUri: start.detail,
    end: exchange ? judgeExchange(exchange) : isUnanswered ? "unanswered" : "open",
    exchange,
    receivedAt: received?.at ?? null,
  };
}

function judgeExchange({ outcome }: JournalEvent): SignInTrace["end"] {
  if (outcome === "ok") return "connected";
  if (outcome === "grant-rejected") return "code-rejected";
  return outcome === "client-rejected" ? "client-rejected" : "failed";
}

/** The redirect URI of the last sign-in of this client that brought tokens; undefined when none did. */
export function findLastGoodRedirect(events: readonly JournalEvent[], clientId: string): string | undefined {
  const good = events.findLast(
    ({ event, outcome, connection }) =>
      event === "code-exchanged" && outcome === "ok" && connection?.split("/")[1] === clientId,
  );
  const arrival = events.find(
    ({ event, tokenBefore }) => event === "code-received" && tokenBefore === good?.tokenBefore,
  );
  return good && (arrival?.detail ?? undefined);
}

/** Why Intuit rejected the code of the last sign-in, as far as the journal tells. */
export function explainRejectedCode(events: readonly JournalEvent[], trace: SignInTrace): Finding[] {
  const { exchange, startedAt, receivedAt, end } = trace;
  if (end !== "code-rejected" || !exchange) return [];
  const earlier = events.slice(0, events.indexOf(exchange)).find(({ event, outcome, tokenBefore }) => {
    return event === "code-exchanged" && outcome !== notSent && tokenBefore === exchange.tokenBefore;
  });
  if (earlier) {
    const evidence = `The journal shows the code ${exchange.tokenBefore ?? ""} exchanged before, by process ${earlier.pid} on ${earlier.host}.`;
    return [{ cause: "code-already-used", confidence: "certain", evidence }];
  }
  const [held, total] = [exchange.at - (receivedAt ?? exchange.at), exchange.at - startedAt];
  if (total <= codeLife) return [];
  const evidence =
    held > codeLife
      ? `The code was exchanged ${formatDuration(held / second)} after it came back.`
      : `The code was exchanged ${formatDuration(total / second)} after the sign-in had begun.`;
  return [{ cause: "code-expired", confidence: held > codeLife ? "certain" : "likely", evidence }];
}
