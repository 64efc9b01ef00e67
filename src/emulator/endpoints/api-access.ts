import type { Answer, ReceivedRequest } from "../http/http-message.ts";
import { answerJson, readBearerToken } from "../http/http-message.ts";
import type { Grant } from "../state/grant.ts";
import { ACCOUNTING_SCOPE } from "../state/scopes.ts";
import type { EmulatorState } from "../state/state.ts";

export type ApiAccess = { isGranted: true; grant: Grant } | { isGranted: false; answer: Answer };

/** An upper-case fault of the Accounting API. */
export interface ApiFault {
  status: number;
  code: string;
  type: string;
  message: string;
  detail: string;
}

export const MISMATCH: Readonly<ApiFault> = {
  status: 403,
  code: "3100",
  type: "AuthorizationFault",
  message: "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403",
  detail: "The application is not authorized for this company",
};

/** Judges the bearer token of a request to a person's data; it must be valid now. */
export function requireToken(state: EmulatorState, request: ReceivedRequest): ApiAccess {
  const token = readBearerToken(request);
  if (token === undefined) return { isGranted: false, answer: refuseToken(state, "Missing or malformed access token") };
  const grant = state.grants.findByAccessToken(token);
  if (grant !== undefined) return { isGranted: true, grant };
  // Intuit repeats the token in the detail, and clients must not print it.
  return { isGranted: false, answer: refuseToken(state, `Token expired or revoked: ${token}`) };
}

/** Judges the bearer token of a request to a company's data: valid, for this company, with the accounting scope. */
export function requireCompanyToken(state: EmulatorState, request: ReceivedRequest, realmId: string): ApiAccess {
  const access = requireToken(state, request);
  if (!access.isGranted) return access;
  const isAllowed = access.grant.realmId === realmId && access.grant.scopes.includes(ACCOUNTING_SCOPE);
  return isAllowed ? access : { isGranted: false, answer: writeFault(state, MISMATCH) };
}

/** The lower-case fault that the API's gateway answers with 401. */
export function refuseToken(state: EmulatorState, detail: string, code = "3200"): Answer {
  return answerJson(401, {
    warnings: null,
    intuitObject: null,
    fault: {
      error: [
        {
          message: `message=AuthenticationFailed; errorCode=${code.padStart(6, "0")}; statusCode=401`,
          detail,
          code,
          element: null,
        },
      ],
      type: "AUTHENTICATION",
    },
    report: null,
    queryResponse: null,
    batchItemResponse: [],
    attachableResponse: [],
    syncErrorResponse: null,
    requestId: null,
    time: state.clock.nowSeconds() * 1000,
    status: null,
    cdcresponse: [],
  });
}

/** The upper-case fault that the API itself answers with. */
export function writeFault(state: EmulatorState, { status, code, type, message, detail }: Readonly<ApiFault>): Answer {
  return answerJson(status, {
    Fault: { Error: [{ Message: message, Detail: detail, code }], type },
    time: state.clock.nowIso(),
  });
}
