import { errorTable } from "../core/errors.ts";
import { wrapLines } from "../core/wrap-lines.ts";

/** Help that belongs to no single command. Each text is made from the tables that the program itself uses, where there are any. */
const topics: Readonly<Record<string, () => string>> = {
  "exit-codes": formatExitCodes,
  environment: () => environmentTopic,
  json: () => jsonTopic,
  config: () => configTopic,
};

export const topicNames: readonly string[] = Object.keys(topics);

/** The text of a topic; `undefined` when there is none of that name. */
export function findTopic(name: string): string | undefined {
  return Object.hasOwn(topics, name) ? topics[name]?.() : undefined;
}

const width = 80;

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

function formatExitCodes(): string {
  const codes = Object.entries(errorTable);
  const sections = Object.entries(exitMeanings).map(([exitCode, meaning]) => {
    const own = codes.filter(([, entry]) => String(entry.exitCode) === exitCode);
    return [
      `${exitCode.padStart(3)}  ${meaning}`,
      ...own.map(([code, entry]) => `       ${code.padEnd(26)}${entry.meaning}`),
    ].join("\n");
  });
  return [
    "What the exit code tells a script; below each, the error codes behind it, as",
    "error.code under --json has them.",
    "",
    ...sections.map((section) => wrapLines(section, width)),
  ].join("\n");
}

const environmentTopic = `Environment variables. A flag wins over a variable, a variable over the configuration files.

  QBO_ENV                environment: sandbox, production, emulator, or your own
  QBO_APP                name of the app
  QBO_CONNECTION         name or realm ID of the connection
  QBO_CLIENT_ID          with QBO_CLIENT_SECRET: an app for the chosen
  QBO_CLIENT_SECRET        environment, without any file
  QBO_REDIRECT_URI       the registered redirect URI
  QBO_SCOPES             scopes to ask for, separated by spaces
  QBO_STORE              keychain, file, helper:<name> or postgres://…
  QBO_STORE_KEY          seals the file store and the team store: 32 bytes
                         (qbo store keygen), or a passphrase
  QBO_STORE_KEY_NEW      the key to change to (qbo store rekey)
  PGPASSWORD, PGPASSFILE password of the team store, where QBO_STORE has none
  QBO_CONFIG_DIR         folder of config.json
  QBO_STATE_DIR          folder of everything that qbo writes for itself
  QBO_NO_INPUT           never ask (as --no-input)
  QBO_DEBUG              show each HTTP request (as --debug)
  QBO_EMULATOR_URL       address of the emulator, on this machine only
  QBO_BROWSER, BROWSER   program that opens the browser; none prints the address
  QBO_NO_UPDATE_NOTICE   do not look for newer versions of qbo

  HTTPS_PROXY, HTTP_PROXY, NO_PROXY, NODE_EXTRA_CA_CERTS, NO_COLOR, FORCE_COLOR
  and CI are honoured as usual. NODE_TLS_REJECT_UNAUTHORIZED=0 is refused.`;

const jsonTopic = `With --json the answer is one JSON document on stdout. When a command fails,
stdout stays empty, and the last line on stderr is
  {"error":{"code","message","hint","exitCode","connection","httpStatus",
            "intuitError","intuitErrorDescription","intuitTid","at"}}
A report about many (status, refresh --all, revoke --all, import) is printed on
stdout also when some of them failed; the exit code tells.

Times are ISO 8601 in UTC, durations whole seconds, absent values null. Realm IDs
are texts. Keys may be added, never renamed. Each command's document:

  login        {"connection": Connection, "reconnected"}
  token        {"accessToken", "tokenType", "expiresAt", "expiresIn",
                "connection", "realmId", "environment"}
  status       {"connections": [Connection]}
  refresh      {"results": [{"connection", "outcome", "error"}],
                "refreshed", "unchanged", "failed"}
  revoke       {"results": [{"connection", "remote", "local", "error"}]}
  whoami       {"connection", "sub", "email", "emailVerified", "givenName",
                "familyName", "phoneNumber", "phoneNumberVerified", "address",
                "idToken"}
  companyinfo  {"connection", "realmId", "companyInfo"}
  doctor       {"connection", "verdict": {"cause", "confidence", "summary",
                "fix": []} | null, "checks": [{"id", "title", "status",
                "detail", "fix", "findings"}], "ranking": [{"cause",
                "confidence", "evidence"}]}
               with --all: {"results": [the same for each connection]}
  history      {"events": [{"at", "connection", "event", "outcome",
                "tokenBefore", "tokenAfter", "intuitTid", "host", "pid",
                "detail"}]}
  app list     {"apps": [{"name", "environment", "clientId", "redirectUri",
                "scopes", "hasSecret", "source"}]}
  config list  {"settings": [{"key", "value", "source", "file", "line",
                "needsYes"}]}
  import       {"results": [{"connection", "outcome", "error"}]}
  store status {"newSecrets": {"store", "source"}, "stores": [{"store",
                "isDefault", "connections", "clientSecrets", "checked",
                "reachable", "error", "protection", "damaged", "leftovers"}]}
  store move   {"to", "results": [{"connection", "from", "to", "outcome",
                "error"}], "clientSecrets": [], "moved", "unchanged", "failed"}
  store rekey  {"from", "to", "finished", "results": [{"connection",
                "clientId", "outcome", "error"}], "keys": [{"key", "records"}]}

  Connection   {"id", "name", "environment", "app", "clientId", "realmId",
                "companyName", "scopes", "store", "isDefault", "connectedAt",
                "lastUsedAt", "state", "accessToken", "refreshToken",
                "lastRefresh", "nextAction", "configuredClientId"}`;

const configTopic = `Settings come from here; what stands first wins:

  a flag, an environment variable
  .qbo.json            the project's: in the working folder or its nearest
                       ancestor, up to the repository's root or your home
  config.json          yours, in the configuration folder (Linux:
                       ~/.config/qbo-cli, or where QBO_CONFIG_DIR says)
  the machine's        /etc/qbo-cli/config.json, or on Windows
                       %ProgramData%\\qbo-cli\\config.json
  what is built in

qbo config list shows each setting with its source; qbo config set and unset
change your file, with --project or --system one of the others. All keys are
optional:

  {
    "environment": "sandbox",       default for --env
    "app": "sandbox",               default for --app
    "connection": "acme",           default connection (qbo use)
    "store": "keychain",            where new secrets go (docs/stores.md)
    "scopes": ["…"],                scopes to ask for
    "redirectUri": "https://localhost:8722/callback",
    "minValidity": 300,             seconds, for qbo token (at most 3300)
    "callbackTimeout": 300,         seconds that a sign-in waits
    "apps": {
      "<name>": {"environment", "clientId", "redirectUri", "scopes"}
    },
    "environments": {
      "<name>": {"discoveryUrl", "apiBaseUrl"} or
                {"authorizationEndpoint", "tokenEndpoint",
                 "revocationEndpoint", "userinfoEndpoint", "jwksUri",
                 "issuer", "apiBaseUrl"}
    }
  }

A project's file chooses among what you have: environment, app, connection and
scopes. Of its redirectUri and apps, login asks you before it uses them. It has
no say in revoke and export, and is read only if it belongs to you or to root.

Secrets never stand in a file. An unknown key or a wrong value is an error that
names the file, the key and the line. Environments of your own use https, or http
on this machine; sandbox, production and emulator cannot be redefined.`;
