import type { ToolSettings, ToolSource } from "./tool-settings.ts";

/** A `.env` file, with the names that qbo itself reads. */
export function writeDotenv({ app }: ToolSource): ToolSettings {
  const settings = {
    QBO_ENV: app.environment,
    QBO_CLIENT_ID: app.clientId,
    QBO_CLIENT_SECRET: null,
    QBO_REDIRECT_URI: app.redirectUri,
    QBO_SCOPES: app.scopes.join(" "),
  };
  const lines = Object.entries(settings).map(([name, value]) =>
    value === null
      ? `${name}= # put it in by hand, and keep this file out of version control`
      : `${name}=${quote(value)}`,
  );
  return { settings, text: lines.join("\n") };
}

/** As both shells and dotenv libraries read it. */
function quote(value: string): string {
  if (/^[\w.:/@~-]+$/.test(value)) return value;
  return value.includes("'") ? `"${value.replace(/[\\"$`]/g, "\\$&")}"` : `'${value}'`;
}
