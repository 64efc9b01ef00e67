import { randomBytes } from "node:crypto";
import type { Answer } from "../http/http-message.ts";
import { answerHtml } from "../http/http-message.ts";
import { PAGE_STYLE } from "./page-style.ts";

export interface Page {
  status: number;
  title: string;
  /** HTML of the page's main part; everything that came from outside must be escaped. */
  main: string;
}

/**
 * One page of the emulator: no script, no external asset, not to be framed.
 * The policy has no `form-action`: browsers hold every redirect that follows a form post against it, and the app's
 * redirect URI may lead on to any other (a relay page to a local callback).
 */
export function renderPage({ status, title, main }: Page): Answer {
  const nonce = randomBytes(16).toString("base64");
  const answer = answerHtml(status, layOut(escapeHtml(title), main, nonce));
  answer.headers["content-security-policy"] =
    `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; frame-ancestors 'none'`;
  answer.headers["x-frame-options"] = "DENY";
  answer.headers["x-content-type-options"] = "nosniff";
  // With no-referrer a browser would send the form with `Origin: null`, which no guard can tell from a stranger's.
  answer.headers["referrer-policy"] = "same-origin";
  return answer;
}

/** Names and values, one below the other; a name that repeats is shown once. */
export function renderFacts(facts: readonly (readonly [name: string, value: string])[]): string {
  if (facts.length === 0) return "";
  const rows = facts.map(([name, value], position) => {
    const term = facts[position - 1]?.[0] === name ? "" : `<dt>${escapeHtml(name)}</dt>`;
    return `${term}<dd class="address">${escapeHtml(value)}</dd>`;
  });
  return `<dl>\n${rows.join("\n")}\n</dl>`;
}

/** Text as HTML, safe in element content and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

function layOut(title: string, main: string, nonce: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Local emulator</title>
<style nonce="${nonce}">${PAGE_STYLE}</style>
</head>
<body>
<header class="banner"><p><strong>Local emulator, not Intuit.</strong> Everything on this page is invented and stays on this machine.</p></header>
<main>
${main}
</main>
</body>
</html>
`;
}
