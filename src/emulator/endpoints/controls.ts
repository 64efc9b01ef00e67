import { readFaultOrder } from "./fault-order.ts";
import type { Answer, ReceivedRequest } from "../http/http-message.ts";
import { answerJson, BadRequestError } from "../http/http-message.ts";
import type { JsonFields } from "../http/json-fields.ts";
import {
  readInteger,
  readJsonObject,
  readRealmId,
  readString,
  refuseUnknownFields,
  requireField,
} from "../http/json-fields.ts";
import { comesFromWebPage, hasLoopbackHost } from "../http/origin-guard.ts";
import { changePolicy } from "../state/policy.ts";
import { assertRegistrable } from "../state/redirect-uris.ts";
import { EmulatorError } from "../emulator-error.ts";
import { seedConnections } from "../state/seed.ts";
import type { EmulatorState } from "../state/state.ts";
import { resetState } from "../state/state.ts";

type Control = (state: EmulatorState, fields: JsonFields) => unknown;

const A_CENTURY_SECONDS = 3_153_600_000;

/** What tests do to the emulator: `METHOD path` → effect, and the JSON that is answered. */
const CONTROLS: Readonly<Record<string, Control>> = {
  "GET /_emulator/requests": (state) => ({ requests: state.requestLog.all() }),
  "GET /_emulator/state": describeState,
  "GET /_emulator/faults": listFaults,
  "POST /_emulator/faults": addFault,
  "DELETE /_emulator/faults": (state) => {
    state.faults.clear();
    return listFaults(state);
  },
  "GET /_emulator/clock": (state) => ({ now: state.clock.nowIso() }),
  "POST /_emulator/clock": advanceClock,
  "GET /_emulator/policy": (state) => state.policy,
  "POST /_emulator/policy": (state, fields) => {
    state.policy = changePolicy(state.policy, fields);
    return state.policy;
  },
  "POST /_emulator/disconnect": disconnect,
  "POST /_emulator/seed": seedConnections,
  "POST /_emulator/company": putCompany,
  "POST /_emulator/app": putApp,
  "POST /_emulator/redirect-uri": addRedirectUri,
  "POST /_emulator/auto-approve": setAutoApprove,
  "POST /_emulator/reset": (state) => {
    resetState(state);
    return describeState(state);
  },
};

/** Answers `/_emulator/…`. No web page may reach it: neither across origins nor through a rebound name. */
export function answerControl(state: EmulatorState, request: ReceivedRequest): Answer {
  if (comesFromWebPage(request) || !hasLoopbackHost(request)) {
    return answerJson(403, { error: "The emulator is not controlled from web pages." });
  }
  const control = CONTROLS[`${request.method} ${request.path}`];
  if (control === undefined) return answerJson(404, { error: "Unknown control.", controls: Object.keys(CONTROLS) });
  return answerJson(200, control(state, readJsonObject(request.body)));
}

function describeState(state: EmulatorState): object {
  return {
    now: state.clock.nowIso(),
    clockOffsetSeconds: state.clock.offsetSeconds(),
    counts: state.counters,
    companies: state.companies.all().length,
    grants: state.grants.all().length,
    faults: state.faults.all().length,
    redirectUris: state.redirectUris,
    autoApprove: state.autoApprove,
    policy: state.policy,
  };
}

function listFaults(state: EmulatorState): object {
  return {
    faults: state.faults
      .all()
      .map(({ kind, endpoints, realmId, remaining }) => ({ kind, endpoints, realmId, remaining })),
  };
}

function addFault(state: EmulatorState, fields: JsonFields): object {
  state.faults.add(readFaultOrder(fields));
  return listFaults(state);
}

function advanceClock(state: EmulatorState, fields: JsonFields): object {
  refuseUnknownFields(fields, ["advance"]);
  const range = { min: -A_CENTURY_SECONDS, max: A_CENTURY_SECONDS };
  const seconds = requireField(readInteger(fields, "advance", range), "advance");
  if (Math.abs(state.clock.offsetSeconds() + seconds) > A_CENTURY_SECONDS) {
    throw new BadRequestError("The clock must stay within a century of the machine's.");
  }
  state.clock.advance(seconds);
  return { now: state.clock.nowIso() };
}

function disconnect(state: EmulatorState, fields: JsonFields): object {
  refuseUnknownFields(fields, ["realmId"]);
  return { disconnected: state.grants.disconnect(requireField(readRealmId(fields), "realmId")) };
}

function putCompany(state: EmulatorState, fields: JsonFields): object {
  refuseUnknownFields(fields, ["realmId", "companyName"]);
  const realmId = requireField(readRealmId(fields), "realmId");
  const companyName = requireField(readString(fields, "companyName"), "companyName");
  state.companies.put({ realmId, companyName });
  return { realmId, companyName };
}

/** Registers a further app, or changes the secret of a known one: from then on its old secret is wrong. */
function putApp(state: EmulatorState, fields: JsonFields): object {
  refuseUnknownFields(fields, ["clientId", "clientSecret", "name"]);
  const clientId = requireField(readString(fields, "clientId"), "clientId");
  const clientSecret = requireField(readString(fields, "clientSecret"), "clientSecret");
  const name = readString(fields, "name") ?? state.apps.find((app) => app.clientId === clientId)?.name ?? clientId;
  if (clientId === "" || clientId.includes(":"))
    throw new BadRequestError('"clientId" must not be empty or contain a colon.');
  state.apps = [...state.apps.filter((app) => app.clientId !== clientId), { clientId, clientSecret, name }];
  return { clientId, name };
}

function addRedirectUri(state: EmulatorState, fields: JsonFields): object {
  refuseUnknownFields(fields, ["redirectUri"]);
  const redirectUri = requireField(readString(fields, "redirectUri"), "redirectUri");
  try {
    assertRegistrable(redirectUri, state.setup.isProduction);
  } catch (cause) {
    if (cause instanceof EmulatorError) throw new BadRequestError(cause.message);
    throw cause;
  }
  state.redirectUris = [...new Set([...state.redirectUris, redirectUri])];
  return { redirectUris: state.redirectUris };
}

function setAutoApprove(state: EmulatorState, fields: JsonFields): object {
  refuseUnknownFields(fields, ["autoApprove"]);
  const { autoApprove } = fields;
  if (typeof autoApprove !== "boolean" && !(typeof autoApprove === "string" && state.companies.find(autoApprove))) {
    throw new BadRequestError('"autoApprove" must be true, false or the realm ID of a company.');
  }
  state.autoApprove = autoApprove;
  return { autoApprove };
}
