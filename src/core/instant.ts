/** A moment, in milliseconds since 1970-01-01 UTC. Files and JSON answers carry it as an ISO 8601 UTC string. */
export type Instant = number;

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

/** The ISO 8601 UTC form, with whole seconds when nothing is lost by it. */
export function formatInstant(instant: Instant): string {
  return new Date(instant).toISOString().replace(".000Z", "Z");
}

/** As `formatInstant`; null stays null. */
export function formatOptionalInstant(instant: Instant | null): string | null {
  return instant === null ? null : formatInstant(instant);
}

/** The moment that an ISO 8601 text with a time zone names; `undefined` when it names none. */
export function parseInstant(text: string): Instant | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/.test(text)) return undefined;
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? undefined : instant;
}

/** Whole seconds from `now` until `instant`; 0 when it has passed. */
export function secondsUntil(instant: Instant, now: Instant): number {
  return Math.max(0, Math.floor((instant - now) / second));
}
