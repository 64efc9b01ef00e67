import { redact } from "./redaction.ts";

const unprintable =
  // C0 and C1 controls, soft hyphen, zero-width and bidirectional marks, line and paragraph separators, lone surrogates.
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/**
 * Text of foreign origin made safe for a terminal, a page or JSON: everything that could move the cursor, hide or
 * reorder text is shown as `\u001b`. At most `limit` characters are kept.
 */
export function makePrintable(text: string, limit = 500): string {
  const escaped = text.replace(
    unprintable,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  if (escaped.length <= limit) return escaped;
  // A cut must leave behind neither half of a secret, which nobody would know as one any more, nor half of a surrogate pair.
  const whole = redact(escaped);
  return whole.length <= limit ? whole : `${whole.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}
