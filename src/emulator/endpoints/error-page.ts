import type { Answer } from "../http/http-message.ts";
import { escapeHtml, renderFacts, renderPage } from "./page.ts";

/** What went wrong, for the person in front of the page. */
export interface Trouble {
  title: string;
  explanation: string;
  /** What helps to see the difference: names and values. */
  facts?: readonly (readonly [name: string, value: string])[];
}

/** The emulator's own error page: nothing goes back to the app. */
export function renderErrorPage(status: number, { title, explanation, facts = [] }: Trouble): Answer {
  const main = `<div class="card">
<div class="intro">
<p class="mark trouble" aria-hidden="true">!</p>
<h1>${escapeHtml(title)}</h1>
</div>
<p>${escapeHtml(explanation)}</p>
${renderFacts(facts)}<p class="quiet fine">You can close this page and start again from the app.</p>
</div>`;
  return renderPage({ status, title, main });
}
