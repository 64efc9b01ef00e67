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
