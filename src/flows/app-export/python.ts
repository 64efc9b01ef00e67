import type { ToolSettings, ToolSource } from "./tool-settings.ts";

/** The lines that set up Intuit's Python client (intuit-oauth). It takes a discovery address where it does not know the environment. */
export function writePython({ app }: ToolSource): ToolSettings {
  const isKnown = app.environment === "sandbox" || app.environment === "production";
  const settings = {
    client_id: app.clientId,
    client_secret: null,
    redirect_uri: app.redirectUri,
    environment: isKnown ? app.environment : null,
    scopes: app.scopes.join(" "),
  };
  const text = [
    "import os",
    "",
    "from intuitlib.client import AuthClient",
    "from intuitlib.enums import Scopes",
    "",
    // By position: behind `client_secret=` all output of qbo is hidden, and that would be no Python any more.
    "auth_client = AuthClient(",
    `    ${quote(app.clientId)},`,
    '    os.environ["QBO_CLIENT_SECRET"],',
    `    ${quote(app.redirectUri)},`,
    `    ${isKnown ? quote(app.environment) : 'os.environ["QBO_DISCOVERY_URL"]'},`,
    ")",
    `scopes = [Scopes(value) for value in [${app.scopes.map(quote).join(", ")}]]`,
  ];
  return { settings, text: text.join("\n") };
}

/** What JSON escapes, Python reads in the same way. */
function quote(value: string): string {
  return JSON.stringify(value);
}
