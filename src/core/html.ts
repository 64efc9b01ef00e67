import { createHash } from "node:crypto";
import { redact } from "./redaction.ts";

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as it may stand in HTML, also within a quoted attribute: whatever it contains, it is shown as it is, without secrets. */
export function escapeHtml(text: string): string {
  return redact(text).replaceAll(/[&<>"']/g, (character) => entities[character] ?? "");
}

/** A script or a style as a source expression of a content security policy (CSP level 3, section 2.3.1). */
export function hashSource(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
