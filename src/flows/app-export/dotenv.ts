import type { ToolSettings, ToolSource } from "./tool-settings.ts";

/** A `.env` file, with the names that qbo itself reads. */
export function writeDotenv({ app }: ToolSource): ToolSettings {
  const settings = {
    QBO_ENV: app.environment,
    QBO_CLIENT_ID: app.clientId,
    QBO_REDIRECT_URI: app.redirectUri,
    QBO_SCOPES: app.scopes.join(" "),
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${quote(value)}`);
  // A line of its own: some readers of such files take a comment behind a value for the value.
  const place = ["# Put the secret in by hand, and keep this file out of version control.", "QBO_CLIENT_SECRET="];
  return { settings: { ...settings, QBO_CLIENT_SECRET: null }, text: [...lines, ...place].join("\n") };
}

/** As both shells and dotenv libraries read it. */
function quote(value: string): string {
  if (/^[\w.:/@~-]+$/.test(value)) return value;
  return value.includes("'") ? `"${value.replace(/[\\"$`]/g, "\\$&")}"` : `'${value}'`;
}
