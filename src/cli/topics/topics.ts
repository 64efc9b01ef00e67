import { errorTable } from "../core/errors.ts";
import { automationGuide, signInGuide, storesGuide } from "./guides.ts";
import { formatBlocks, formatRows, type Block, type Row } from "./layout.ts";

/** Help that belongs to no single command, for so many columns. Each is made from the tables that the program itself uses, where there are any. */
const topics: Readonly<Record<string, (columns: number) => string>> = {
  "exit-codes": formatExitCodes,
  environment: (columns) => formatBlocks(environmentTopic, columns),
  json: (columns) => formatBlocks(jsonTopic, columns),
  config: (columns) => formatBlocks(configTopic, columns),
  stores: (columns) => formatBlocks(storesGuide, columns),
  "sign-in": (columns) => formatBlocks(signInGuide, columns),
  automation: (columns) => formatBlocks(automationGuide, columns),
};

export const topicNames: readonly string[] = Object.keys(topics);

/** The text of a topic; `undefined` when there is none of that name. */
export function findTopic(name: string, columns: number): string | undefined {
  return Object.hasOwn(topics, name) ? topics[name]?.(columns) : undefined;
}

/** What each exit code tells a script. */
export const exitMeanings: Readonly<Record<string, string>> = {
  "0": "done",
  "1": "unexpected: a defect in qbo",
  "2": "wrong use: bad arguments, ambiguous connection, would have to ask",
  "3": "set up first: no app configured, configuration invalid",
  "4": "a person must sign in (again)",
  "5": "Intuit refused: wrong keys, no permission, unusable answer",
  "6": "try later: network, timeout, throttled, outage, lost answer, lock held too long",
  "7": "this machine: keychain, port, certificate, disk, store",
  "8": "some of many failed; when all failed alike, that code",
  "126": "qbo exec: the program could not be started",
  "127": "qbo exec: there is no such program",
  "130": "interrupted",
};

function formatExitCodes(columns: number): string {
  const codes = Object.entries(errorTable);
  const sections = Object.entries(exitMeanings).flatMap(([exitCode, meaning]) => {
    const own = codes.filter(([, entry]) => String(entry.exitCode) === exitCode);
    const rows = own.map(([code, entry]): Row => [code.padEnd(24), entry.meaning]);
    return [
      ...formatRows([[exitCode.padStart(3), meaning]], columns, 0),
      ...(rows.length === 0 ? [] : formatRows(rows, columns, 7)),
    ];
  });
  const introduction =
    "What the exit code tells a script; below each, the error codes behind it, as error.code under --json has them.";
  return [formatBlocks([introduction], columns), "", ...sections].join("\n");
}

/** The variables that qbo reads. */
export const environmentVariables: readonly Row[] = [
  ["QBO_ENV", "sandbox, production, emulator, or an environment of your own"],
  ["QBO_APP", "name of the app"],
  ["QBO_CONNECTION", "name or realm ID of the connection"],
  ["QBO_CLIENT_ID", "with QBO_CLIENT_SECRET: an app for the chosen environment, without any file"],
  ["QBO_CLIENT_SECRET", "its secret"],
  ["QBO_REDIRECT_URI", "the registered redirect URI"],
  ["QBO_SCOPES", "scopes to ask for, separated by spaces"],
  ["QBO_STORE", "keychain, file, helper:<name> or postgres://…"],
  ["QBO_STORE_KEY", "seals the file store and the team store: 32 bytes (qbo store keygen), or a passphrase"],
  ["QBO_STORE_KEY_NEW", "the key to change to (qbo store rekey)"],
  ["PGPASSWORD, PGPASSFILE", "password of the team store, where QBO_STORE has none"],
  ["QBO_CONFIG_DIR", "folder of config.json"],
  ["QBO_STATE_DIR", "folder of everything that qbo writes for itself"],
  ["QBO_NO_INPUT", "never ask (as --no-input)"],
  ["QBO_DEBUG", "show each HTTP request (as --debug)"],
  ["QBO_EMULATOR_URL", "address of the emulator, on this machine only"],
  ["QBO_BROWSER, BROWSER", "program that opens the browser; none prints the address"],
  ["QBO_NO_UPDATE_NOTICE", "do not look for newer versions of qbo"],
];

const environmentTopic: readonly Block[] = [
  "Environment variables. A flag wins over a variable, a variable over the configuration files.",
  environmentVariables,
  "A program that qbo exec runs finds these; qbo reads none of them:",
  [
    ["QBO_ACCESS_TOKEN", "the access token"],
    ["QBO_REALM_ID", "the company's ID"],
    ["QBO_ENVIRONMENT", "the connection's environment"],
    ["QBO_API_BASE_URL", "the origin of the API"],
  ],
  "HTTPS_PROXY, HTTP_PROXY, NO_PROXY, NODE_EXTRA_CA_CERTS, NO_COLOR, FORCE_COLOR and CI are honoured as usual. " +
    "NODE_TLS_REJECT_UNAUTHORIZED=0 is refused.",
];

/** The documents of commands, by their names, with all keys. */
export const jsonDocuments: readonly Row[] = [
  ["login", '{"connection": Connection, "reconnected"}'],
  ["login --start", '{"authorizationUrl", "redirectUri", "state", "expiresAt", "finish"}'],
  [
    "token",
    '{"accessToken", "tokenType", "expiresAt", "expiresIn", "connection", "realmId", "environment", "apiBaseUrl"}',
  ],
  ["api", '{"status", "headers", "intuitTid", "bodyEncoding", "body"}'],
  ["status", '{"connections": [Connection]}'],
  ["refresh", '{"results": [{"connection", "outcome", "error"}], "refreshed", "unchanged", "failed"}'],
  ["revoke", '{"results": [{"connection", "remote", "local", "error"}]}'],
  [
    "whoami",
    '{"connection", "sub", "email", "emailVerified", "givenName", "familyName", "phoneNumber", "phoneNumberVerified", "address", "idToken"}',
  ],
  ["companyinfo", '{"connection", "realmId", "companyInfo"}'],
  [
    "doctor",
    '{"connection", "verdict": {"cause", "confidence", "summary", "fix": []} | null, "checks": [{"id", "title", "status", "detail", "fix", ' +
      '"findings"}], "ranking": [{"cause", "confidence", "evidence"}]}; with --all: {"results": [the same for each connection]}',
  ],
  [
    "history",
    '{"events": [{"at", "connection", "event", "outcome", "tokenBefore", "tokenAfter", "intuitTid", "host", "pid", "detail"}]}',
  ],
  ["app list", '{"apps": [{"name", "environment", "clientId", "redirectUri", "scopes", "hasSecret", "source"}]}'],
  ["config list", '{"settings": [{"key", "value", "source", "file", "line", "needsYes"}]}'],
  ["import", '{"results": [{"connection", "outcome", "error"}]}'],
  [
    "store status",
    '{"newSecrets": {"store", "source"}, "stores": [{"store", "isDefault", "connections", "clientSecrets", "checked", "reachable", "error", ' +
      '"protection", "damaged", "leftovers"}], "damaged": []}',
  ],
  [
    "store move",
    '{"to", "results": [{"connection", "from", "to", "outcome", "error"}], "clientSecrets": [], "moved", "unchanged", "failed"}',
  ],
  [
    "store rekey",
    '{"store", "from", "to", "finished", "results": [{"connection", "clientId", "outcome", "error"}], "keys": [{"key", "records"}]}',
  ],
  [
    "Connection",
    '{"id", "name", "environment", "app", "clientId", "realmId", "companyName", "scopes", "store", "isDefault", "connectedAt", "lastUsedAt", ' +
      '"state", "accessToken", "refreshToken", "lastRefresh", "nextAction", "configuredClientId"}',
  ],
];

const jsonTopic: readonly Block[] = [
  "With --json the answer is one JSON document on stdout. When a command fails, stdout stays empty, and the last line on stderr is",
  '  {"error": {"code", "message", "hint", "exitCode", "connection", "httpStatus", "intuitError", "intuitErrorDescription", "intuitTid", "at"}}',
  "A report about many (status, refresh --all, revoke --all, import) is printed on stdout also when some of them failed; the exit code tells.",
  "Times are ISO 8601 in UTC, durations whole seconds, absent values null. Realm IDs are texts. Keys may be added, never renamed. The documents that scripts read most:",
  jsonDocuments,
];

const configTopic: readonly Block[] = [
  "Settings come from here; what stands first wins:",
  [
    ["a flag", "this one command"],
    ["a variable", "the environment of the process (qbo help environment)"],
    [
      ".qbo.json",
      "the project's: in the working folder or its nearest ancestor, up to the repository's root or your home",
    ],
    ["config.json", "yours, in the configuration folder (Linux: ~/.config/qbo-cli, or where QBO_CONFIG_DIR says)"],
    ["the machine's", String.raw`/etc/qbo-cli/config.json, or on Windows %ProgramData%\qbo-cli\config.json`],
    ["built in", "what nobody has set"],
  ],
  "qbo config list shows each setting with its source; qbo config set and unset change your file, with --project or --system one of the " +
    "others. A file is one JSON object. All keys are optional:",
  [
    ["environment", "default for --env"],
    ["app", "default for --app"],
    ["connection", "default connection (qbo use)"],
    ["store", "where new secrets go (qbo help stores)"],
    ["scopes", "a list of scopes to ask for"],
    ["redirectUri", "https://localhost:8722/callback, unless set"],
    ["minValidity", "seconds that a token of qbo token is valid at least (300; at most 3300)"],
    ["callbackTimeout", "seconds that a sign-in waits (300)"],
    [
      "tlsCert, tlsKey",
      "default for --tls-cert and --tls-key: absolute paths, for redirect URIs whose name the certificate covers",
    ],
    ["apps", '{"<name>": {"environment", "clientId", "redirectUri", "scopes"}}'],
    [
      "environments",
      '{"<name>": {"discoveryUrl", "apiBaseUrl"}} or, spelled out, {"<name>": {"authorizationEndpoint", "tokenEndpoint", ' +
        '"revocationEndpoint", "userinfoEndpoint", "jwksUri", "issuer", "apiBaseUrl"}}',
    ],
  ],
  'Such as: { "environment": "sandbox", "connection": "acme" }',
  "A project's file chooses among what you have: environment, app, connection and scopes. Of its redirectUri and apps, login asks you before " +
    "it uses them. It has no say in revoke and export, and is read only if it belongs to you or to root.",
  "Secrets never stand in a file. An unknown key or a wrong value is an error that names the file, the key and the line. Environments of " +
    "your own use https, or http on this machine; sandbox, production and emulator cannot be redefined.",
];
