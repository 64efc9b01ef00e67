import type { Answer, ReceivedRequest } from "../http/http-message.ts";
import { answerEmpty, BadRequestError, readMediaType } from "../http/http-message.ts";
import { readJsonObject, readString } from "../http/json-fields.ts";
import { authenticateClient } from "../state/apps.ts";
import type { EmulatorState } from "../state/state.ts";

/**
 * Revocation as Intuit does it: JSON instead of RFC 7009's form, and a 400 with an empty body for a dead token, for wrong
 * keys and for nonsense alike.
 */
export function answerRevocation(state: EmulatorState, request: ReceivedRequest): Answer {
  const clientId = authenticateClient(request.headers.authorization, state.apps);
  const token = readTokenToRevoke(request);
  if (clientId === undefined || token === undefined) return answerEmpty(400);
  if (!state.grants.revokeToken(token, clientId)) return answerEmpty(400);
  state.counters.revocations += 1;
  return answerEmpty(200);
}

/** The company that a revocation is about, for faults that hit one company only. */
export function findRealmOfRevocation(state: EmulatorState, request: ReceivedRequest): string | undefined {
  return state.grants.findByAnyToken(readTokenToRevoke(request) ?? "")?.realmId ?? undefined;
}

function readTokenToRevoke(request: ReceivedRequest): string | undefined {
  if (readMediaType(request) !== "application/json") return undefined;
  try {
    return readString(readJsonObject(request.body), "token");
  } catch (cause) {
    if (cause instanceof BadRequestError) return undefined;
    throw cause;
  }
}
