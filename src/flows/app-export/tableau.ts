import { quoteForShell } from "../../core/shell-word.ts";
import type { ToolSettings, ToolSource } from "./tool-settings.ts";

const callbackUri = "https://YOUR-SERVER/auth/add_oauth_token";

/** The commands that set the client up in Tableau Server (Tableau help, "Set Up OAuth for Intuit QuickBooks Online"). */
export function writeTableau({ app }: ToolSource): ToolSettings {
  const settings = {
    "oauth.quickbooks.oauth_callback_uri": null,
    "oauth.quickbooks.consumer_key": app.clientId,
    "oauth.quickbooks.consumer_secret": null,
  };
  const set = (key: keyof typeof settings, value: string) =>
    `tsm configuration set -k ${key} -v ${quoteForShell(value)}`;
  const text = [
    "# On the Tableau Server computer. First put your server's name and the client secret in, and register",
    `# ${callbackUri} as a redirect URI of the app, beside the one that qbo uses.`,
    ...(app.environment === "production"
      ? []
      : ["# Tableau works with production keys only, and these are for another environment."]),
    set("oauth.quickbooks.oauth_callback_uri", callbackUri),
    set("oauth.quickbooks.consumer_key", app.clientId),
    set("oauth.quickbooks.consumer_secret", "YOUR-CLIENT-SECRET"),
    "tsm pending-changes apply",
  ];
  return { settings, text: text.join("\n") };
}
