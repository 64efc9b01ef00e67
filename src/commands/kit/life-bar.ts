import { day, hour, type Instant } from "../../core/instant.ts";
import type { Style } from "./command.ts";

/** Lifetimes that a full bar stands for, in milliseconds: those that Intuit grants. */
export const fullLife = { access: hour, refresh: 101 * day, consent: 5 * 365.25 * day };

/** A bar of remaining life: green while there is plenty, yellow below a quarter, red at the end. */
export function drawBar(end: Instant, full: number, style: Style, width: number): string {
  const share = Math.min(1, Math.max(0, (end - style.now) / full));
  const filled = share === 0 ? 0 : Math.max(1, Math.round(share * width));
  const paint = share > 0.25 ? style.green : share > 0.1 ? style.yellow : style.red;
  return `${paint("━".repeat(filled))}${style.dim("─".repeat(width - filled))}`;
}
