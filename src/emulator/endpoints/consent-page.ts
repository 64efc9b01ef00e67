import type { Answer } from "../http/http-message.ts";
import type { Company } from "../state/companies.ts";
import { PERSON } from "../state/person.ts";
import { SCOPES } from "../state/scopes.ts";
import type { AuthorizationRequest } from "./authorization-request.ts";
import { escapeHtml, renderPage } from "./page.ts";

const COMPANIES_SHOWN = 100;

/** The page that asks a person whether the app may have what it asks for. `companies` is empty when none is needed. */
export function renderConsentPage(request: AuthorizationRequest, companies: readonly Company[]): Answer {
  const question = companies.length > 0 ? "wants to connect to a company" : "wants to know who you are";
  const main = `<form class="card" method="post" action="/connect/oauth2/decision" autocomplete="off">
<div class="intro">
<p class="mark" aria-hidden="true">${escapeHtml(findInitial(request.appName))}</p>
<h1>${escapeHtml(request.appName)} ${question}</h1>
<p class="quiet">You are signed in as ${escapeHtml(`${PERSON.givenName} ${PERSON.familyName}`)} (${escapeHtml(PERSON.email)})</p>
</div>
<section aria-labelledby="scopes">
<h2 id="scopes">The app will be able to</h2>
<ul class="scopes">
${request.scopes.map(renderScope).join("\n")}
</ul>
</section>
${renderCompanies(companies)}
${renderHiddenFields(request)}
<div class="actions">
<button type="submit" name="decision" value="connect" class="primary"${companies.length > 0 ? "" : " autofocus"}>Connect</button>
<button type="submit" name="decision" value="cancel">Cancel</button>
</div>
<p class="quiet fine">Afterwards your browser returns to <span class="address">${escapeHtml(request.redirectUri)}</span></p>
</form>`;
  return renderPage({ status: 200, title: `Connect ${request.appName}`, main });
}

function findInitial(name: string): string {
  return String.fromCodePoint(name.trim().codePointAt(0) ?? 63).toUpperCase();
}

function renderScope(scope: string): string {
  return `<li><span>${escapeHtml(SCOPES[scope] ?? scope)} <code>${escapeHtml(scope)}</code></span></li>`;
}

function renderCompanies(companies: readonly Company[]): string {
  if (companies.length === 0) return "";
  const hidden = companies.length - COMPANIES_SHOWN;
  const more =
    hidden > 0
      ? `<p class="quiet">${hidden} more companies are not listed; auto-approve can choose them by realm ID.</p>`
      : "";
  return `<fieldset>
<legend>Company</legend>
<div class="companies">
${companies.slice(0, COMPANIES_SHOWN).map(renderCompany).join("\n")}
</div>
${more}
</fieldset>`;
}

function renderCompany({ realmId, companyName }: Company, position: number): string {
  const chosen = position === 0 ? " checked autofocus" : "";
  const name = companyName.trim() === "" ? "(no name)" : companyName;
  return `<label class="company"><input type="radio" name="realmId" value="${escapeHtml(realmId)}" required${chosen}><span><span class="name">${escapeHtml(name)}</span><span class="quiet">${escapeHtml(realmId)}</span></span></label>`;
}

/** The request travels in the form and is judged again, so a restart or the Back button does no harm. */
function renderHiddenFields(request: AuthorizationRequest): string {
  const fields = {
    client_id: request.clientId,
    response_type: "code",
    scope: request.scopes.join(" "),
    redirect_uri: request.redirectUri,
    state: request.state,
  };
  return Object.entries(fields)
    .map(([name, value]) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`)
    .join("\n");
}
