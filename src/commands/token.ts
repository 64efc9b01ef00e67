import { QboError } from "../core/errors.ts";
import { formatInstant, hour, secondsUntil } from "../core/instant.ts";
import type { Secret } from "../core/secret.ts";
import type { ConnectionFacts } from "../core/connection.ts";
import type { World } from "../core/world.ts";
import { chooseConnection, type ConnectionChoice } from "../flows/choose-connection.ts";
import { assertSameOrigins } from "../flows/environments.ts";
import { getFreshToken } from "../flows/fresh-token.ts";
import { readSettings } from "../flows/settings.ts";
import { settle } from "../flows/book-keeping.ts";
import { defineCommand, type RawInput } from "./kit/command.ts";
import { connectionArgument, connectionOptions, readConnectionChoice, readNumber, readWord, usage } from "./options.ts";

const formats = ["token", "header", "env"] as const;
const shells = ["sh", "powershell", "cmd", "fish"] as const;
type Shell = (typeof shells)[number];

export interface TokenOptions {
  choice: ConnectionChoice;
  minValidity: number | undefined;
  format: (typeof formats)[number];
  shell: Shell;
}

interface HandedOut {
  facts: ConnectionFacts;
  secret: Secret;
  expiresAt: number;
  expiresIn: number;
  options: TokenOptions;
}

export const tokenCommand = defineCommand<TokenOptions, HandedOut>({
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
    { flags: "--min-validity <seconds>", description: "how long the token must be valid at least (300; at most 3300)" },
    {
      flags: "--format <format>",
      description: "token, header (Authorization: Bearer …) or env (assignments for a shell)",
    },
    { flags: "--shell <shell>", description: "for --format env: sh, powershell, cmd or fish" },
  ],
  examples: [
    ["TOKEN=$(qbo token)", "in a script"],
    ['curl -H "$(qbo token acme --format header)" https://…', "for one request"],
    ['eval "$(qbo token --format env)"', "QBO_ACCESS_TOKEN and more for the commands that follow"],
  ],
  read: readTokenOptions,
  run: handOut,
  isSecret: () => true,
  human: ({ facts, secret, options }) => formatToken(facts, secret, options),
  json: ({ facts, secret, expiresAt, expiresIn }) => ({
    accessToken: secret.reveal(),
    tokenType: "bearer",
    expiresAt: formatInstant(expiresAt),
    expiresIn,
    connection: facts.name,
    realmId: facts.realmId,
    environment: facts.environment,
  }),
});

function readTokenOptions(raw: RawInput): TokenOptions {
  const format = readWord(raw, "format", formats) ?? "token";
  const shell = readWord(raw, "shell", shells);
  if (shell !== undefined && format !== "env") throw usage("--shell only makes sense with --format env.");
  return {
    choice: readConnectionChoice(raw),
    minValidity: readNumber(raw, "minValidity", { least: 0, most: 3300 }),
    format,
    shell: shell ?? "sh",
  };
}

async function handOut(world: World, options: TokenOptions): Promise<HandedOut> {
  const facts = await chooseConnection(world, options.choice);
  const settings = await readSettings(world);
  assertSameOrigins(world.env, settings, facts);
  const { tokens } = await getFreshToken(world, facts, {
    minValidity: options.minValidity ?? settings.minValidity.value,
    force: false,
    allowLastMinute: options.minValidity === undefined,
  });
  if (!tokens.accessToken) throw new QboError("UNEXPECTED", "A refresh brought no access token.");
  const { secret, expiresAt } = tokens.accessToken;
  const now = world.clock.now();
  const isNews = ({ lastUsedAt }: ConnectionFacts) => lastUsedAt === null || now - lastUsedAt > hour;
  if (isNews(facts)) {
    await settle(world, facts, () =>
      world.facts.update(facts.name, (latest) => (isNews(latest) ? { ...latest, lastUsedAt: now } : latest)),
    );
  }
  return { facts, secret, expiresAt, expiresIn: secondsUntil(expiresAt, now), options };
}

function formatToken(facts: ConnectionFacts, secret: Secret, { format, shell }: TokenOptions): string {
  switch (format) {
    case "token":
      return secret.reveal();
    case "header":
      return `Authorization: Bearer ${secret.reveal()}`;
    case "env":
      return Object.entries({
        QBO_ACCESS_TOKEN: secret.reveal(),
        QBO_REALM_ID: facts.realmId,
        QBO_ENVIRONMENT: facts.environment,
        QBO_API_BASE_URL: facts.endpoints.api,
      })
        .map(([name, value]) => assign(shell, name, value))
        .join("\n");
  }
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
