import type { FinalPage } from "../../core/callback-server.ts";
import { escapeHtml } from "../../core/html.ts";
import { makePrintable } from "../../core/printable.ts";
import { style } from "./style.ts";

type Connected = Extract<FinalPage, { kind: "connected" }>;
type Failed = Extract<FinalPage, { kind: "failed" }>;

/** The whole page as HTML. Every text in it is shown as it is, whatever it contains. */
export function renderPage(page: FinalPage): string {
  return page.kind === "connected" ? renderConnected(page) : renderFailed(page);
}

function renderConnected({ companyName, environment, connection }: Connected): string {
  const company = companyName === null ? "QuickBooks Online" : shorten(companyName, 120);
  return renderDocument({
    kind: "connected",
    title: `Connected to ${company}`,
    body: `
      ${drawConnection("m111 40.5 6.5 6.5 12-13")}
      <h1><span>Connected to</span> <bdi>${escapeHtml(company)}</bdi></h1>
      <p class="soft">You can close this tab and return to the terminal.</p>
      <dl>
        <div><dt>Environment</dt><dd><bdi class="badge">${escapeHtml(shorten(environment, 60))}</bdi></dd></div>
        <div><dt>Connection</dt><dd><code><bdi>${escapeHtml(shorten(connection, 120))}</bdi></code></dd></div>
      </dl>`,
  });
}

function renderFailed({ title, message, hint }: Failed): string {
  return renderDocument({
    kind: "failed",
    title: shorten(title, 120),
    body: `
      ${drawConnection("m113 33 14 14m0-14-14 14")}
      <h1>${escapeHtml(shorten(title, 120))}</h1>
      <p role="alert">${markCode(shorten(message, 600))}</p>
      ${hint === null ? "" : renderHint(shorten(hint, 600))}
      <p class="soft end">You can close this tab; the terminal shows the same.</p>`,
  });
}

/** A command can be copied with one click; advice in sentences is a paragraph. */
function renderHint(hint: string): string {
  const [, lead = "Run this in the terminal", command] = /^(?:([^:]+): )?(qbo(?: (?:(?!\. |; ).)*)?)$/.exec(hint) ?? [];
  if (command === undefined) return `<p class="advice">${markCode(hint)}</p>`;
  return `<p class="next">${markCode(lead)}:</p>\n      <pre><code>${markWords(command)}</code></pre>`;
}

/** Words of their own, so that a long command breaks between them and not at the hyphens of its options. */
function markWords(command: string): string {
  const words = command.split(" ").map((word) => `<span>${escapeHtml(word)}</span>`);
  return words.join(" ");
}

/** What stands between backticks is code, as in the terminal. */
function markCode(text: string): string {
  return escapeHtml(text).replaceAll(/`([^`]+)`/g, "<code>$1</code>");
}

function renderDocument({ kind, title, body }: { kind: FinalPage["kind"]; title: string; body: string }): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="robots" content="noindex">
    <title>${escapeHtml(title)} – qbo</title>
    <link rel="icon" href="${drawIcon(kind)}">
    <style>${style}</style>
  </head>
  <body>
    <header class="brand" aria-label="qbo">&gt;_ qbo</header>
    <main class="card ${kind}">${body}
    </main>
    <footer>Shown by qbo, the program in your terminal, not by Intuit.</footer>
  </body>
</html>
`;
}

/** The terminal on the left, the company's books on the right, and `sign` on the wire between them. */
function drawConnection(sign: string): string {
  return `<svg class="picture" viewBox="0 0 240 80" aria-hidden="true">
        <rect class="device" x="9" y="10" width="68" height="60" rx="14"/>
        <path class="glyph" d="m28 31 10 9-10 9M45 50h14"/>
        <rect class="device" x="163" y="10" width="68" height="60" rx="14"/>
        <path class="glyph" d="M186 54V27h22v27M181 54h32M193 34h1M200 34h1M193 41h1M200 41h1M194 54v-6h6v6"/>
        <path class="wire" d="M84 40h18M138 40h18"/>
        <g class="seal"><circle class="halo" cx="120" cy="40" r="24"/><circle class="disc" cx="120" cy="40" r="19"/><path class="sign" d="${sign}"/></g>
      </svg>`;
}

function drawIcon(kind: FinalPage["kind"]): string {
  const [colour, sign] = kind === "connected" ? ["0d7a6b", "m9 17 5 5 9-10"] : ["b3372f", "m11 11 10 10m0-10-10 10"];
  const drawing =
    `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'><circle cx='16' cy='16' r='16' fill='%23${colour}'/>` +
    `<path d='${sign}' fill='none' stroke='%23fff' stroke-width='3.5' stroke-linecap='round' stroke-linejoin='round'/></svg>`;
  return `data:image/svg+xml,${drawing.replaceAll("<", "%3C").replaceAll(">", "%3E")}`;
}

function shorten(text: string, limit: number): string {
  return makePrintable(text, limit);
}
