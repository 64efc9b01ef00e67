import type { Answer, ReceivedRequest } from "../http/http-message.ts";
import { answerJson, readBearerToken } from "../http/http-message.ts";
import { PERSON } from "../state/person.ts";
import type { EmulatorState } from "../state/state.ts";
import { requireToken } from "./api-access.ts";

/** OpenID user info in Intuit's camelCase. Needs `openid`; the other scopes open the fields. */
export function answerUserInfo(state: EmulatorState, request: ReceivedRequest): Answer {
  const access = requireToken(state, request);
  if (!access.isGranted) return access.answer;
  const { scopes } = access.grant;
  if (!scopes.includes("openid")) return refuseScope();
  const { sub, email, givenName, familyName, phoneNumber, address } = PERSON;
  return answerJson(200, {
    sub,
    ...(scopes.includes("profile") ? { givenName, familyName } : {}),
    ...(scopes.includes("email") ? { email, emailVerified: true } : {}),
    ...(scopes.includes("phone") ? { phoneNumber, phoneNumberVerified: false } : {}),
    ...(scopes.includes("address") ? { address } : {}),
  });
}

/** The company behind the bearer token, for faults that hit one company only. */
export function findRealmOfBearer(state: EmulatorState, request: ReceivedRequest): string | undefined {
  return state.grants.findByAnyToken(readBearerToken(request) ?? "")?.realmId ?? undefined;
}

/** RFC 6750, section 3.1. */
function refuseScope(): Answer {
  const answer = answerJson(403, { error: "insufficient_scope", error_description: "The scope openid is missing" });
  answer.headers["www-authenticate"] = 'Bearer error="insufficient_scope", scope="openid"';
  return answer;
}
