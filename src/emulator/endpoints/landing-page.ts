import type { Answer } from "../http/http-message.ts";
import type { EmulatorState } from "../state/state.ts";
import { renderFacts, renderPage } from "./page.ts";

/** What somebody sees who opens the emulator's address in a browser. */
export function renderLandingPage(state: EmulatorState): Answer {
  const rows: [string, string][] = [
    ["Discovery", `${state.baseUrl}/.well-known/openid_configuration`],
    ...state.apps.flatMap((app): [string, string][] => [
      ["Client ID", app.clientId],
      ["Client secret", app.clientSecret],
    ]),
    ...state.redirectUris.map((uri): [string, string] => ["Redirect URI", uri]),
  ];
  const main = `<div class="card">
<div class="intro">
<p class="mark" aria-hidden="true">Q</p>
<h1>A local Intuit for trying things out</h1>
<p class="quiet">It speaks the addresses, shapes and rules of Intuit's OAuth 2.0 service, with invented companies.</p>
</div>
${renderFacts(rows)}
</div>`;
  return renderPage({ status: 200, title: "Welcome", main });
}
