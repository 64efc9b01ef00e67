import type { ToolSettings, ToolSource } from "./tool-settings.ts";

/** An environment file for Postman; its OAuth 2.0 settings name these variables in double braces. */
export function writePostman({ app, environment }: ToolSource): ToolSettings {
  const { endpoints } = environment;
  const settings = {
    authUrl: endpoints.authorization,
    accessTokenUrl: endpoints.token,
    callbackUrl: app.redirectUri,
    clientId: app.clientId,
    clientSecret: null,
    scope: app.scopes.join(" "),
    clientAuthentication: "header",
    baseUrl: endpoints.api,
    realmId: null,
  };
  const file = {
    name: `QuickBooks Online ${app.name}`,
    _postman_variable_scope: "environment",
    values: Object.entries(settings).map(([key, value]) => ({
      key,
      value: value ?? "",
      type: key === "clientSecret" ? "secret" : "default",
      enabled: true,
    })),
  };
  return { settings, text: JSON.stringify(file, undefined, 2) };
}
