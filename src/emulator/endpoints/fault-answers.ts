import type { Answer } from "../http/http-message.ts";
import { answerEmpty, answerHtml } from "../http/http-message.ts";
import type { EndpointName, Fault, FaultKind } from "../state/faults.ts";
import type { EmulatorState } from "../state/state.ts";
import { MISMATCH, refuseToken, writeFault } from "./api-access.ts";
import { refuseTokenRequest } from "./token-endpoint.ts";

const OUTAGE_HTML =
  "<html><head><title>503 Service Temporarily Unavailable</title></head><body><center><h1>503 Service Temporarily Unavailable</h1></center><hr></body></html>";
const ERROR_HTML = "<html><body><h1>Oops!</h1><p>Something went wrong on our side. &lt;ref 0xE5&gt;</p></body></html>";

const SUBSCRIPTION = {
  status: 400,
  code: "6190",
  type: "ValidationFault",
  message: "Invalid Company Status",
  detail: "Subscription period has ended or canceled or there was a billing problem",
};
const SUBSCRIPTION_LAPSED = {
  status: 400,
  code: "7001",
  type: "ValidationFault",
  message: "Access denied to company",
  detail: "The subscription has lapsed or the company is served elsewhere",
};
const THROTTLED = {
  status: 429,
  code: "3001",
  type: "ThrottleFault",
  message: "message=ThrottleExceeded; errorCode=003001; statusCode=429",
  detail: "Too many requests for this company",
};

interface Occasion {
  state: EmulatorState;
  fault: Fault;
  endpoint: EndpointName;
}

/** Kinds that are missing here are processed as if nothing were wrong; only the delivery suffers. */
const FAULT_ANSWERS: Partial<Record<FaultKind, (occasion: Occasion) => Answer>> = {
  outage: answerOutage,
  throttle: answerThrottle,
  "html-error": ({ fault }) => answerHtml(fault.status ?? 500, ERROR_HTML),
  "invalid-grant": ({ state, endpoint }) =>
    endpoint === "token" ? refuseGrant() : refuseToken(state, "Token revoked"),
  "invalid-client": ({ endpoint }) =>
    endpoint === "token" ? refuseTokenRequest(401, "invalid_client") : answerEmpty(400),
  garbage: ({ fault }) => ({
    status: fault.status ?? 200,
    headers: { "content-type": fault.contentType },
    body: fault.body,
  }),
  redirect: ({ fault }) => answerEmpty(fault.status ?? 302, { location: fault.location }),
  "not-admin": ({ state }) => refuseToken(state, "The user is no longer an administrator of the company", "120"),
  subscription: ({ state, fault }) =>
    writeFault(state, { ...SUBSCRIPTION, status: fault.status ?? SUBSCRIPTION.status }),
  "subscription-lapsed": ({ state, fault }) =>
    writeFault(state, { ...SUBSCRIPTION_LAPSED, status: fault.status ?? SUBSCRIPTION_LAPSED.status }),
  "environment-mismatch": ({ state }) => writeFault(state, MISMATCH),
};

/** What a fault answers instead of processing the request; `undefined`: the request is processed all the same. */
export function answerFault(state: EmulatorState, fault: Fault, endpoint: EndpointName): Answer | undefined {
  return FAULT_ANSWERS[fault.kind]?.({ state, fault, endpoint });
}

function answerOutage({ fault, endpoint }: Occasion): Answer {
  if (fault.as === "invalid-grant" && endpoint === "token") return refuseGrant();
  const status = fault.status ?? 503;
  return fault.as === "html" ? answerHtml(status, OUTAGE_HTML) : answerEmpty(status);
}

function refuseGrant(): Answer {
  return refuseTokenRequest(400, "invalid_grant", "Incorrect or invalid refresh token");
}

function answerThrottle({ state, fault }: Occasion): Answer {
  const answer = writeFault(state, THROTTLED);
  if (fault.retryAfterSeconds !== null) answer.headers["retry-after"] = String(fault.retryAfterSeconds);
  return answer;
}
