import type { ListenAddress } from "../core/callback-server.ts";
import {
  type AuthorizationResponse,
  describeAuthority,
  formatHost,
  readAuthorizationResponse,
} from "./authorization-response.ts";
import type { RedirectUri } from "./redirect-uri.ts";

/** Where a browser ended, as a person copied it. `address` is absent when only the query was copied. */
export interface PastedAddress {
  address: { scheme: string; authority: string; path: string } | undefined;
  query: string;
}

/** What a sign-in expects to be pasted. */
export interface ExpectedPaste {
  redirect: RedirectUri;
  /** Where it listens besides: a relay page sends the browser on to there. */
  listen: ListenAddress | undefined;
  state: string;
  /** The address of the consent page, without its query. */
  authorizationEndpoint: string;
  /** The company that must be met again, if there is one. */
  realmId: string | undefined;
}

/** What is wrong with a paste. Each has a message of its own, and none of them ends a sign-in. */
export type PasteProblem =
  | "too-long"
  | "no-address"
  | "consent-page"
  | "other-address"
  | "cut-off"
  | "other-state"
  | "unusable-code"
  | "unusable-realm";

export type PasteVerdict = AuthorizationResponse | { kind: "wrong"; problem: PasteProblem };

/** Longer than any answer: over the network as many characters are taken (`judgeCallback`). */
export const longestPaste = 8192;

/**
 * Reads what was pasted. Line breaks (a copy out of a narrow terminal), quotes, angle brackets and `&amp;` around and in it are
 * taken away; percent-encoding is left as it is. `undefined` when it is neither an address nor a query with an answer in it.
 */
export function readPastedAddress(text: string): PastedAddress | undefined {
  const clean = cleanUp(text);
  const bare = /^\??((?:code|state|realmId|error|error_description)=\S*)$/.exec(clean)?.[1];
  if (bare !== undefined) return { address: undefined, query: withoutFragment(bare) };
  const parts = /^(https?):\/\/([^/?#\s]+)([^?#\s]*)(?:\?(\S*))?(?:#\S*)?$/i.exec(clean);
  if (!parts || !URL.canParse(clean)) return undefined;
  const [, scheme = "", authority = "", path = "", query = ""] = parts;
  return {
    address: {
      scheme: scheme.toLowerCase(),
      // As the browser writes it: in lower case, a name in Unicode in its ASCII form; with a user name it fits nothing.
      authority: authority.includes("@") ? authority : new URL(clean).host,
      path: path === "" ? "/" : path,
    },
    query: withoutFragment(query),
  };
}

/** The state in what was pasted, if it has exactly one. */
export function readPastedState({ query }: PastedAddress): string | undefined {
  const [state, ...others] = new URLSearchParams(query).getAll("state");
  return others.length === 0 ? state : undefined;
}

/** Judges a paste as strictly as a request to the callback server: scheme, host, port, path and state must be the expected ones. */
export function judgePaste(text: string, expected: ExpectedPaste): PasteVerdict {
  const wrong = (problem: PasteProblem) => ({ kind: "wrong", problem }) as const;
  if (text.length > longestPaste) return wrong("too-long");
  const pasted = readPastedAddress(text);
  if (!pasted) return wrong("no-address");
  if (isConsentPage(pasted, expected)) return wrong("consent-page");
  if (pasted.address && !isExpectedAddress(pasted.address, expected)) return wrong("other-address");
  const response = readAuthorizationResponse(pasted.query, expected.state);
  if (response.kind === "denied") return response;
  if (response.kind === "granted") return isCutOffRealm(response.realmId, expected) ? wrong("cut-off") : response;
  if (isCutOff(pasted.query, expected.state)) return wrong("cut-off");
  const problems = { state: "other-state", code: "unusable-code", "realm ID": "unusable-realm" } as const;
  return wrong(problems[response.part]);
}

function cleanUp(text: string): string {
  const joined = text.replaceAll(/[ \t]*[\r\n]+[ \t]*/g, "").trim();
  const bared = joined.replaceAll(/^(?:["'`<“‘]|&lt;|&quot;)+|(?:["'`>”’]|&gt;|&quot;)+$/g, "");
  return bared.replaceAll("&amp;", "&").trim();
}

/** No browser sends a fragment to a server. */
function withoutFragment(query: string): string {
  return query.replace(/#.*$/, "");
}

function isConsentPage({ address, query }: PastedAddress, { authorizationEndpoint }: ExpectedPaste): boolean {
  const endpoint = new URL(authorizationEndpoint);
  if (address?.authority === endpoint.host && address.path === endpoint.pathname) return true;
  const parameters = new URLSearchParams(query);
  return parameters.has("response_type") && parameters.has("client_id");
}

function isExpectedAddress(address: NonNullable<PastedAddress["address"]>, expected: ExpectedPaste): boolean {
  const { redirect, listen } = expected;
  const places = [
    { scheme: redirect.scheme, name: redirect.hostname, port: redirect.port },
    ...(listen ? [{ scheme: listen.scheme, name: formatHost(listen.host), port: listen.port }] : []),
  ];
  return places.some(
    ({ scheme, name, port }) =>
      address.scheme === scheme &&
      describeAuthority(name, port, scheme).includes(address.authority) &&
      address.path === redirect.path,
  );
}

/** Whether the end of an otherwise fitting answer is missing: what is there is a beginning of the expected state, or there is none. */
function isCutOff(query: string, state: string): boolean {
  const parameters = new URLSearchParams(query);
  const states = parameters.getAll("state");
  const [given = ""] = states;
  if (states.length > 1 || parameters.has("error")) return false;
  if (given !== state) return state.startsWith(given);
  return !parameters.has("code") || parameters.get("realmId") === "";
}

/** Intuit names the company at the end: where it is missing, or a beginning of the expected one, the end of the address is missing. */
function isCutOffRealm(given: string | null, { realmId }: ExpectedPaste): boolean {
  return given === null || (realmId !== given && Boolean(realmId?.startsWith(given)));
}
