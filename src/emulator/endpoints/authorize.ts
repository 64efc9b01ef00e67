import type { Answer, ReceivedRequest } from "../http/http-message.ts";
import { readMediaType } from "../http/http-message.ts";
import { comesFromOwnPage } from "../http/origin-guard.ts";
import { needsCompany } from "../state/scopes.ts";
import type { EmulatorState } from "../state/state.ts";
import type { AuthorizationReading, AuthorizationRequest } from "./authorization-request.ts";
import { readAuthorizationRequest, sendBack } from "./authorization-request.ts";
import { renderConsentPage } from "./consent-page.ts";
import { renderErrorPage } from "./error-page.ts";

/** GET /connect/oauth2: the consent page; with auto-approve its answer at once. */
export function showConsent(state: EmulatorState, received: ReceivedRequest): Answer {
  return withValidRequest(readAuthorizationRequest(state, received.query), (request) => {
    if (state.autoApprove === false) return renderConsentPage(request, listChoices(state, request));
    return connect(state, request, chooseByItself(state));
  });
}

/** POST /connect/oauth2/decision: the person pressed Connect or Cancel. The whole request is judged again. */
export function decideConsent(state: EmulatorState, received: ReceivedRequest): Answer {
  if (readMediaType(received) !== "application/x-www-form-urlencoded" || !comesFromOwnPage(received, state.baseUrl)) {
    return renderErrorPage(400, {
      title: "The decision was not understood",
      explanation: "It must come from the form of the consent page.",
    });
  }
  const form = new URLSearchParams(received.body);
  return withValidRequest(readAuthorizationRequest(state, form), (request) => {
    if (form.get("decision") === "connect") return connect(state, request, form.get("realmId"));
    if (form.get("decision") !== "cancel") {
      return renderErrorPage(400, {
        title: "The decision was not understood",
        explanation: "It is neither Connect nor Cancel.",
      });
    }
    return sendBack(request, { error: "access_denied", error_description: "The user did not authorize the request" });
  });
}

function withValidRequest(reading: AuthorizationReading, proceed: (request: AuthorizationRequest) => Answer): Answer {
  if (reading.outcome === "answered") return reading.answer;
  if (reading.outcome === "valid") return proceed(reading.request);
  return renderErrorPage(400, reading.refusal);
}

function connect(state: EmulatorState, request: AuthorizationRequest, chosen: string | null): Answer {
  const realmId = needsCompany(request.scopes) ? chosen : null;
  if (needsCompany(request.scopes) && (realmId === null || state.companies.find(realmId) === undefined)) {
    return renderErrorPage(400, {
      title: "No company was chosen",
      explanation: "Go back and choose the company to connect.",
    });
  }
  const { clientId, redirectUri, scopes } = request;
  const code = state.codes.issue({ clientId, redirectUri, scopes, realmId }, state.clock.nowSeconds());
  return sendBack(request, realmId === null ? { code } : { code, realmId });
}

function listChoices(state: EmulatorState, request: AuthorizationRequest): ReturnType<typeof state.companies.all> {
  return needsCompany(request.scopes) ? state.companies.all() : [];
}

function chooseByItself(state: EmulatorState): string | null {
  if (typeof state.autoApprove === "string") return state.autoApprove;
  return state.companies.first()?.realmId ?? null;
}
