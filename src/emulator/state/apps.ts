/** The well-known development keys: recognisable, and worthless anywhere but here. */
export const EMULATOR_CLIENT_ID = "qbo-emulator-client";
export const EMULATOR_CLIENT_SECRET = "qbo-emulator-secret";

/** An OAuth client that is registered here. */
export interface App {
  clientId: string;
  clientSecret: string;
  name: string;
}

export const WELL_KNOWN_APP: Readonly<App> = {
  clientId: EMULATOR_CLIENT_ID,
  clientSecret: EMULATOR_CLIENT_SECRET,
  name: "Local development app",
};

/** The client ID of an `Authorization: Basic` header whose keys are right; `undefined` for anything else. */
export function authenticateClient(authorization: string | undefined, apps: readonly App[]): string | undefined {
  const encoded = /^basic +([A-Za-z0-9+/]+=*) *$/i.exec(authorization ?? "")?.[1];
  if (encoded === undefined) return undefined;
  const keys = Buffer.from(encoded, "base64").toString("utf8");
  return apps.find((app) => keys === `${app.clientId}:${app.clientSecret}`)?.clientId;
}
