import type { Block, Row } from "../layout.ts";

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

export const environmentTopic: readonly Block[] = [
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
