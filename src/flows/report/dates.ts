import { formatDuration } from "../../core/duration.ts";
import { formatInstant, parseInstant, secondsUntil, type Instant } from "../../core/instant.ts";

/** The day, in UTC: `2026-11-22`. */
export function formatDate(instant: Instant): string {
  return formatInstant(instant).slice(0, 10);
}

/** A moment of a report as HTML: the day, and how far away it is. `null` is unknown. */
export function renderMoment(moment: string | null, now: Instant): string {
  const instant = moment === null ? undefined : parseInstant(moment);
  if (instant === undefined) return `<span class="soft">unknown</span>`;
  const distance =
    instant <= now
      ? `${formatDuration(secondsUntil(now, instant))} ago`
      : `in ${formatDuration(secondsUntil(instant, now))}`;
  return `<time datetime="${formatInstant(instant)}">${formatDate(instant)}</time> <span class="soft">${distance}</span>`;
}
