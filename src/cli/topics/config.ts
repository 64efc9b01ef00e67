import type { Block } from "../layout.ts";

export const configTopic: readonly Block[] = [
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
