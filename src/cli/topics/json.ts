import type { Block, Row } from "../layout.ts";

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

export const jsonTopic: readonly Block[] = [
  "With --json the answer is one JSON document on stdout. When a command fails, stdout stays empty, and the last line on stderr is",
  '  {"error": {"code", "message", "hint", "exitCode", "connection", "httpStatus", "intuitError", "intuitErrorDescription", "intuitTid", "at"}}',
  "A report about many (status, refresh --all, revoke --all, import) is printed on stdout also when some of them failed; the exit code tells.",
  "Times are ISO 8601 in UTC, durations whole seconds, absent values null. Realm IDs are texts. Keys may be added, never renamed. The documents that scripts read most:",
  jsonDocuments,
];
