import type { ToolSettings, ToolSource } from "./tool-settings.ts";

/** Settings that come out of the repository's secrets. */
const secrets = ["QBO_CLIENT_SECRET", "QBO_STORE_KEY"];

/** The `env:` block of a workflow or a job. What is secret stays in the repository's secrets. */
export function writeGithubActions({ app }: ToolSource): ToolSettings {
  const known = {
    QBO_ENV: app.environment,
    QBO_CLIENT_ID: app.clientId,
    QBO_REDIRECT_URI: app.redirectUri,
    QBO_SCOPES: app.scopes.join(" "),
    QBO_STORE: "file",
  };
  const text = [
    "env:",
    ...Object.entries(known).map(([name, value]) => `  ${name}: ${quote(value)}`),
    ...secrets.map((name) => `  ${name}: \${{ secrets.${name} }}`),
  ];
  return { settings: { ...known, ...Object.fromEntries(secrets.map((name) => [name, null])) }, text: text.join("\n") };
}

/** A double-quoted YAML text, in which GitHub finds no expression of its own. */
function quote(value: string): string {
  return JSON.stringify(value).replaceAll("${{", "${{ '${{' }}");
}
