import type { JsonFields } from "../http/json-fields.ts";
import { readInteger, refuseUnknownFields, requireField } from "../http/json-fields.ts";
import { EMULATOR_CLIENT_ID } from "./apps.ts";
import type { EmulatorState } from "./state.ts";

/** The scopes that `qbo` asks for by default. */
const SEED_SCOPES = ["com.intuit.quickbooks.accounting", "openid", "profile", "email"];
const MOST_CONNECTIONS = 50_000;

/** A company with a living grant, complete enough to be imported. */
export interface SeededConnection {
  realmId: string;
  companyName: string;
  clientId: string;
  scopes: string[];
  accessToken: string;
  expiresIn: number;
  refreshToken: string;
  refreshTokenExpiresIn: number;
  refreshTokenHardExpiresIn: number;
}

/** POST /_emulator/seed: as if a person had connected this many further companies. */
export function seedConnections(state: EmulatorState, fields: JsonFields): { connections: SeededConnection[] } {
  refuseUnknownFields(fields, ["connections"]);
  const count = requireField(readInteger(fields, "connections", { min: 1, max: MOST_CONNECTIONS }), "connections");
  return { connections: state.companies.invent(count).map((company) => seedConnection(state, company)) };
}

function seedConnection(
  state: EmulatorState,
  { realmId, companyName }: { realmId: string; companyName: string },
): SeededConnection {
  const tokens = state.grants.open({ clientId: EMULATOR_CLIENT_ID, realmId, scopes: [...SEED_SCOPES] });
  return {
    realmId,
    companyName,
    clientId: tokens.grant.clientId,
    scopes: tokens.grant.scopes,
    accessToken: tokens.accessToken,
    expiresIn: tokens.accessTokenExpiresInSeconds,
    refreshToken: tokens.grant.refreshToken,
    refreshTokenExpiresIn: tokens.refreshTokenExpiresInSeconds,
    refreshTokenHardExpiresIn: tokens.hardExpiresInSeconds,
  };
}
