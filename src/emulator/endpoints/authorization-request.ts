import type { Answer } from "../http/http-message.ts";
import { answerRedirect } from "../http/http-message.ts";
import { isKnownScope } from "../state/scopes.ts";
import type { EmulatorState } from "../state/state.ts";
import type { Trouble } from "./error-page.ts";

/** The parameters of an authorization request, in the order they are carried through the consent form. */
const AUTHORIZATION_FIELDS = ["client_id", "response_type", "scope", "redirect_uri", "state"] as const;

/** An authorization request (RFC 6749, section 4.1.1) that may be put before a person. */
export interface AuthorizationRequest {
  clientId: string;
  appName: string;
  redirectUri: string;
  state: string;
  scopes: string[];
}

export type AuthorizationReading =
  | { outcome: "valid"; request: AuthorizationRequest }
  /** Nothing may be sent back to the app: the person reads why, and the app only sees a time-out. */
  | { outcome: "refused"; refusal: Trouble }
  | { outcome: "answered"; answer: Answer };

/**
 * Judges an authorization request. A wrong client or redirect URI, or a missing state, is never sent back to the app
 * (RFC 6749, section 4.1.2.1); Intuit shows a page of its own. Everything else goes back with `error` and `state`.
 */
export function readAuthorizationRequest(state: EmulatorState, params: URLSearchParams): AuthorizationReading {
  const refusal = findRefusal(state, params);
  if (refusal !== undefined) return { outcome: "refused", refusal };
  const request = {
    clientId: params.get("client_id") ?? "",
    appName: state.apps.find((app) => app.clientId === params.get("client_id"))?.name ?? "",
    redirectUri: params.get("redirect_uri") ?? "",
    state: params.get("state") ?? "",
    scopes: [...new Set((params.get("scope") ?? "").split(" ").filter((scope) => scope !== ""))],
  };
  if (params.get("response_type") !== "code") {
    const description = "Only the response type code is supported";
    return {
      outcome: "answered",
      answer: sendBack(request, { error: "unsupported_response_type", error_description: description }),
    };
  }
  if (request.scopes.length === 0 || !request.scopes.every(isKnownScope)) {
    const description = "A requested scope is missing, unknown or not approved for this app";
    return {
      outcome: "answered",
      answer: sendBack(request, { error: "invalid_scope", error_description: description }),
    };
  }
  return { outcome: "valid", request };
}

/** Sends the browser back to the app with these parameters and the request's `state`. */
export function sendBack(request: AuthorizationRequest, params: Record<string, string>): Answer {
  return answerRedirect(
    `${request.redirectUri}?${new URLSearchParams({ ...params, state: request.state }).toString()}`,
  );
}

function findRefusal(state: EmulatorState, params: URLSearchParams): Trouble | undefined {
  const repeated = AUTHORIZATION_FIELDS.find((name) => params.getAll(name).length > 1);
  if (repeated !== undefined) {
    return { title: "The request is unclear", explanation: `The parameter ${repeated} was sent more than once.` };
  }
  if (!state.apps.some((app) => app.clientId === params.get("client_id"))) {
    return {
      title: "The app is not known here",
      explanation: "The client_id is missing or belongs to no app that is registered with this emulator.",
      facts: [["Received", params.get("client_id") ?? "(nothing)"]],
    };
  }
  const redirectUri = params.get("redirect_uri") ?? "";
  if (!state.redirectUris.includes(redirectUri)) return explainRedirectMismatch(state, redirectUri);
  if ((params.get("state") ?? "") !== "") return undefined;
  return {
    title: "The state is missing",
    explanation:
      "An authorization request needs a state, so that the app can recognise the answer to its own question.",
  };
}

function explainRedirectMismatch(state: EmulatorState, redirectUri: string): Trouble {
  return {
    title: "The redirect URI is not registered",
    explanation:
      "It must match a registered one to the letter: scheme, case, port, path and trailing slash. Nothing was sent back to the app, so it will wait until it times out.",
    facts: [
      ["Received", redirectUri === "" ? "(nothing)" : redirectUri],
      ...state.redirectUris.map((registered) => ["Registered", registered] as const),
    ],
  };
}
