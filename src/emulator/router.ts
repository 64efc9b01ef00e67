import { answerCompanyInfo, answerQuery, findRealmOfPath } from "./endpoints/accounting.ts";
import { decideConsent, showConsent } from "./endpoints/authorize.ts";
import { answerControl } from "./endpoints/controls.ts";
import { answerDiscovery, answerJwks } from "./endpoints/discovery.ts";
import { renderErrorPage } from "./endpoints/error-page.ts";
import { renderLandingPage } from "./endpoints/landing-page.ts";
import { answerRevocation, findRealmOfRevocation } from "./endpoints/revoke-endpoint.ts";
import { answerServiceStatus } from "./endpoints/service-status.ts";
import { answerTokenRequest, findRealmOfTokenRequest } from "./endpoints/token-endpoint.ts";
import { answerUserInfo, findRealmOfBearer } from "./endpoints/userinfo.ts";
import type { Answer, ReceivedRequest } from "./http/http-message.ts";
import { answerEmpty, answerJson } from "./http/http-message.ts";
import type { EndpointName } from "./state/faults.ts";
import type { EmulatorState } from "./state/state.ts";

/** One address of the emulator. */
export interface Route {
  path: RegExp;
  methods: readonly string[];
  answer: (state: EmulatorState, request: ReceivedRequest) => Answer;
  /** One of Intuit's addresses: logged, and open to faults. `null` = the emulator's own. */
  endpoint: EndpointName | null;
  /** Whether the latency of the emulator applies. */
  isDelayed?: true;
  /** Whether what a restart must survive may have changed. */
  changesState?: true;
  findRealmId?: (state: EmulatorState, request: ReceivedRequest) => string | undefined;
}

const GET = ["GET"];
const POST = ["POST"];

const ROUTES: readonly Route[] = [
  {
    path: /^\/\.well-known\/openid_(?:sandbox_)?configuration$/,
    methods: GET,
    endpoint: "discovery",
    answer: answerDiscovery,
  },
  { path: /^\/op\/v1\/jwks$/, methods: GET, endpoint: "jwks", answer: answerJwks },
  { path: /^\/api\/v2\/status\.json$/, methods: GET, endpoint: "status", answer: answerServiceStatus },
  { path: /^\/connect\/oauth2$/, methods: GET, endpoint: "authorize", answer: showConsent, changesState: true },
  {
    path: /^\/connect\/oauth2\/decision$/,
    methods: POST,
    endpoint: "authorize",
    answer: decideConsent,
    changesState: true,
  },
  {
    path: /^\/oauth2\/v1\/tokens\/bearer$/,
    methods: POST,
    endpoint: "token",
    answer: answerTokenRequest,
    findRealmId: findRealmOfTokenRequest,
    isDelayed: true,
    changesState: true,
  },
  {
    path: /^\/v2\/oauth2\/tokens\/revoke$/,
    methods: POST,
    endpoint: "revoke",
    answer: answerRevocation,
    findRealmId: findRealmOfRevocation,
    isDelayed: true,
    changesState: true,
  },
  {
    path: /^\/v1\/openid_connect\/userinfo$/,
    methods: GET,
    endpoint: "userinfo",
    answer: answerUserInfo,
    findRealmId: findRealmOfBearer,
    isDelayed: true,
  },
  {
    path: /^\/v3\/company\/[^/]+\/companyinfo\/[^/]+$/,
    methods: GET,
    endpoint: "companyinfo",
    answer: answerCompanyInfo,
    findRealmId: (_state, request) => findRealmOfPath(request),
    isDelayed: true,
  },
  {
    path: /^\/v3\/company\/[^/]+\/query$/,
    methods: ["GET", "POST"],
    endpoint: "query",
    answer: answerQuery,
    findRealmId: (_state, request) => findRealmOfPath(request),
    isDelayed: true,
  },
  {
    path: /^\/_emulator\//,
    methods: ["GET", "POST", "DELETE"],
    endpoint: null,
    answer: answerControl,
    changesState: true,
  },
  { path: /^\/$/, methods: GET, endpoint: null, answer: renderLandingPage },
  { path: /^\/favicon\.ico$/, methods: GET, endpoint: null, answer: () => answerEmpty(204) },
];

/** The route that a request takes, or the answer when there is none. */
export function findRoute(request: ReceivedRequest): Route | Answer {
  const route = ROUTES.find((candidate) => candidate.path.test(request.path));
  if (route === undefined) return answerNotFound(request);
  if (!route.methods.includes(request.method)) return answerEmpty(405, { allow: route.methods.join(", ") });
  return route;
}

function answerNotFound(request: ReceivedRequest): Answer {
  if (!(request.headers.accept ?? "").includes("text/html")) return answerJson(404, { error: "Not found" });
  return renderErrorPage(404, {
    title: "There is nothing at this address",
    explanation: "The emulator does not know this path.",
  });
}
