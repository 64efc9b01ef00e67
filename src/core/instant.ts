/** A moment, in milliseconds since 1970-01-01 UTC. Files and JSON answers carry it as an ISO 8601 UTC string. */
export type Instant = number;

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

/** The ISO 8601 UTC form, with whole seconds when nothing is lost by it. It is made by hand, because lists have tens of thousands. */
export function formatInstant(instant: Instant): string {
  const moment = new Date(instant);
  const year = moment.getUTCFullYear();
  if (!(year >= 1000 && year <= 9999) || !Number.isInteger(instant)) return moment.toISOString().replace(".000Z", "Z");
  const date = `${year}-${twoDigits(moment.getUTCMonth() + 1)}-${twoDigits(moment.getUTCDate())}`;
  // From here on plain arithmetic does: days in UTC all have the same length.
  const milliseconds = ((instant % day) + day) % day;
  const time = `${twoDigits(Math.floor(milliseconds / hour))}:${twoDigits(Math.floor(milliseconds / minute) % 60)}:${twoDigits(Math.floor(milliseconds / second) % 60)}`;
  const fraction = milliseconds % second;
  return fraction === 0 ? `${date}T${time}Z` : `${date}T${time}.${String(fraction).padStart(3, "0")}Z`;
}

/** A moment in local time, to the minute, as a person compares it with a clock on the wall. */
export function formatMoment(at: Instant): string {
  const moment = new Date(at);
  const date = `${moment.getFullYear()}-${twoDigits(moment.getMonth() + 1)}-${twoDigits(moment.getDate())}`;
  return `${date} ${twoDigits(moment.getHours())}:${twoDigits(moment.getMinutes())}`;
}

function twoDigits(number: number): string {
  return number < 10 ? `0${number}` : `${number}`;
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
