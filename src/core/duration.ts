const unitSeconds: Record<string, number> = { "": 1, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Seconds of a text such as `90`, `90s`, `15m`, `12h`, `30d` or `2w`; `undefined` when it is none. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,9})([smhdw]?)$/.exec(text.trim());
  return match ? Number(match[1]) * (unitSeconds[match[2] ?? ""] ?? 1) : undefined;
}

/** Seconds as people say them, in the two largest units at most: `45 s`, `58 min`, `3 h 12 min`, `99 days`. */
export function formatDuration(seconds: number): string {
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 || hours >= 24 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return days < 730 ? `${days} days` : `${(days / 365.25).toFixed(1).replace(/\.0$/, "")} years`;
}
