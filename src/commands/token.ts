import { formatInstant } from "../core/instant.ts";
import type { ConnectionChoice } from "../flows/connections/choose-connection.ts";
import { describeHandedOut, handOutToken, type HandedOut } from "../flows/hand-out-token.ts";
import { defineCommand, type RawInput } from "./kit/command.ts";
import {
  connectionArgument,
  connectionOptions,
  minValidityOption,
  readConnectionChoice,
  readMinValidity,
  readWord,
  usage,
} from "./kit/options.ts";
import { listTokenVariables } from "./kit/token-variables.ts";

const formats = ["token", "header", "env", "credential-process"] as const;
const shells = ["sh", "powershell", "cmd", "fish"] as const;
type Shell = (typeof shells)[number];

export interface TokenOptions {
  choice: ConnectionChoice;
  minValidity: number | undefined;
  format: (typeof formats)[number];
  shell: Shell;
}

interface TokenAnswer extends HandedOut {
  options: TokenOptions;
}

export const tokenCommand = defineCommand<TokenOptions, TokenAnswer>({
  name: "token",
  isVerbatim: true,
  group: "Everyday",
  summary: "Print an access token that is valid now",
  description:
    "Prints an access token and a newline on stdout, nothing else. If the stored one expires within --min-validity, it is refreshed first; " +
    "any number of processes at once cause one refresh. It never opens a browser, and asks nothing but which connection is meant, at a terminal.",
  arguments: [connectionArgument],
  options: [
    ...connectionOptions,
    minValidityOption,
    {
      flags: "--format <format>",
      description:
        "token, header (Authorization: Bearer …), env (assignments for a shell) or credential-process (JSON for a program that asks)",
      words: formats,
    },
    { flags: "--shell <shell>", description: "for --format env: sh, powershell, cmd or fish", words: shells },
  ],
  examples: [
    ["TOKEN=$(qbo token)", "in a script"],
    [
      "qbo token acme --format header | curl -H @- https://…",
      "for one request; in curl's own words others could read it",
    ],
    ['eval "$(qbo token --format env)"', "QBO_ACCESS_TOKEN and more for the commands that follow"],
    ["qbo token acme --format credential-process", "for a program that asks for tokens by itself"],
  ],
  read: readTokenOptions,
  run: async (world, options) => ({ ...(await handOutToken(world, options.choice, options.minValidity)), options }),
  isSecret: () => true,
  human: formatToken,
  json: describeHandedOut,
});

function readTokenOptions(raw: RawInput): TokenOptions {
  const format = readWord(raw, "format", formats) ?? "token";
  const shell = readWord(raw, "shell", shells);
  if (shell !== undefined && format !== "env") throw usage("--shell only makes sense with --format env.");
  return {
    choice: { ...readConnectionChoice(raw), withoutAsking: format === "credential-process" },
    minValidity: readMinValidity(raw),
    format,
    shell: shell ?? "sh",
  };
}

function formatToken(answer: TokenAnswer): string {
  const { secret, options } = answer;
  switch (options.format) {
    case "token":
      return secret.reveal();
    case "header":
      return `Authorization: Bearer ${secret.reveal()}`;
    case "env":
      return Object.entries(listTokenVariables(answer))
        .map(([name, value]) => assign(options.shell, name, value))
        .join("\n");
    case "credential-process":
      return formatCredential(answer);
  }
}

/** What a program gets that runs qbo whenever it needs a token. `version` changes when a key goes or changes its meaning. */
function formatCredential({ facts, secret, expiresAt }: TokenAnswer): string {
  return JSON.stringify({
    version: 1,
    accessToken: secret.reveal(),
    expiresAt: formatInstant(expiresAt),
    realmId: facts.realmId,
    environment: facts.environment,
    apiBaseUrl: facts.endpoints.api,
  });
}

/** An assignment in the words of a shell. Quotes cannot occur in a token, and are made harmless all the same. */
function assign(shell: Shell, name: string, value: string): string {
  switch (shell) {
    case "sh":
      return `export ${name}='${value.replaceAll("'", `'\\''`)}'`;
    case "fish":
      return `set -gx ${name} '${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
    case "powershell":
      return `$env:${name} = '${value.replaceAll("'", "''")}'`;
    case "cmd":
      return `set "${name}=${value.replaceAll(/[%"^&<>|]/g, "")}"`;
  }
}
