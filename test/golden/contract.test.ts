import { describe, expect, it } from "vitest";
import { commands } from "../../src/cli/commands.ts";
import { readFlagName } from "../../src/cli/flag-name.ts";
import { globalOptions } from "../../src/cli/globals.ts";
import { errorTable } from "../../src/core/errors.ts";
import { startEmulatedIntuit } from "../world/emulated-intuit.ts";

// What other people's scripts rely on. Nothing here may be renamed or go; a new name is added to its list.

const everyCommand = "json quiet verbose debug no-color no-input";
const aboutConnection = "connection env app";

const options: Record<string, string> = {
  login: `${aboutConnection} scopes add-scope redirect-uri listen tls-cert tls-key no-browser paste start finish timeout name store`,
  token: `${aboutConnection} min-validity format shell`,
  exec: `${aboutConnection} min-validity`,
  refresh: `${aboutConnection} all expiring-within concurrency restart json-lines token-stdin`,
  revoke: `${aboutConnection} all concurrency local-only forget yes token-stdin`,
  whoami: `${aboutConnection} id-token-stdin token-stdin`,
  companyinfo: `${aboutConnection} show-tax-id`,
  status: `${aboutConnection} all state expiring-within fail-on check warn-within group-by watch live`,
  doctor: `${aboutConnection} all offline fix refresh bundle`,
  history: `${aboutConnection} limit since`,
  "app set": "env app client-id client-secret-stdin redirect-uri scopes",
  "app list": "env",
  "app show": "env app",
  "app remove": "app yes",
  "app export": "for env app",
  relay: "to output",
  use: "env app",
  rename: "env app",
  "config list": "",
  "config get": "",
  "config set": "project system",
  "config unset": "project system",
  import: "stdin file if-absent no-refresh name realm env app store passphrase-stdin passphrase-file",
  export: `${aboutConnection} all output with-client-secret plain passphrase-stdin passphrase-file yes`,
  "store status": "",
  "store move": "to all env app",
  "store keygen": "",
  "store init": "store",
  "store rekey": "new-key-stdin",
  "certs status": "",
  "certs trust": "yes",
  "certs untrust": "",
  "certs renew": "",
  emulator: "port http companies latency auto-approve state",
  demo: "browser",
  completion: "",
};

const exitCodes: Record<string, string> = {
  1: "UNEXPECTED",
  2: "USAGE AMBIGUOUS_CONNECTION INPUT_REQUIRED",
  3: "APP_NOT_CONFIGURED CONFIG_INVALID",
  126: "PROGRAM_NOT_RUNNABLE",
  127: "PROGRAM_NOT_FOUND",
  4:
    "NOT_CONNECTED REFRESH_REJECTED REFRESH_EXPIRED AUTHORIZATION_DENIED AUTHORIZATION_FAILED LOGIN_TIMED_OUT " +
    "WRONG_COMPANY SCOPE_MISSING",
  5: "CLIENT_REJECTED INTUIT_REJECTED INTUIT_UNEXPECTED_ANSWER",
  6: "INTUIT_UNREACHABLE INTUIT_BUSY SERVICE_SUSPECT REFRESH_UNCONFIRMED LOCK_TIMED_OUT",
  7: "STORE_UNAVAILABLE STORE_CORRUPT FILES_UNAVAILABLE CALLBACK_PORT_IN_USE CERTIFICATE_UNUSABLE",
  8: "PARTIAL_FAILURE",
  130: "CANCELLED",
};

const connection =
  "id name environment app clientId realmId companyName scopes store isDefault connectedAt lastUsedAt state accessToken " +
  "refreshToken lastRefresh nextAction";

/** Paths into each document, and the keys that stand there. */
const keys: [words: string[], path: string[], keys: string][] = [
  [["status"], [], "connections"],
  [["status"], ["connections", "0"], connection],
  [["status"], ["connections", "0", "accessToken"], "expiresAt expiresIn"],
  [["status"], ["connections", "0", "refreshToken"], "expiresAt expiresIn rotatedAt hardExpiresAt"],
  [["status"], ["connections", "0", "lastRefresh"], "at outcome intuitTid"],
  [["login", "acme"], [], "connection reconnected"],
  [["login", "acme"], ["connection"], connection],
  [["token"], [], "accessToken tokenType expiresAt expiresIn connection realmId environment"],
  [["refresh"], [], "results refreshed unchanged failed"],
  [["refresh"], ["results", "0"], "connection outcome error"],
  [["refresh", "--all"], [], "results refreshed unchanged failed continued"],
  [
    ["whoami"],
    [],
    "connection sub email emailVerified givenName familyName phoneNumber phoneNumberVerified address idToken",
  ],
  [["whoami"], ["idToken"], "verified verifiedAt issuer audience subject realmId expiresAt"],
  [["companyinfo"], [], "connection realmId companyInfo"],
  [["app", "list"], ["apps", "0"], "name environment clientId redirectUri scopes hasSecret source"],
  [["config", "list"], ["settings", "0"], "key value source file line needsYes"],
  [["config", "get", "store"], [], "key value source file line"],
  [["completion", "zsh"], [], "shell script"],
  [["doctor", "acme"], [], "connection verdict checks"],
  [["doctor", "acme"], ["checks", "0"], "id title status detail fix"],
  [["history"], [], "events"],
  [
    ["history"],
    ["events", "0"],
    "at connection event outcome tokenBefore tokenAfter intuitTid host pid detail",
  ],
  [["import", "--stdin", "--no-refresh"], ["results", "0"], "connection outcome proven error"],
  [["export", "acme", "--yes", "--plain"], [], "connections sealed output export"],
  [["revoke", "--yes"], ["results", "0"], "connection remote local error"],
  [["doctor", "acme"], ["verdict"], "cause confidence summary fix"],
];

const errorKeys =
  "code message hint exitCode connection httpStatus intuitError intuitErrorDescription intuitTid at";

const split = (words: string) => words.split(" ").filter((word) => word !== "");

describe("the contract", () => {
  it.each(Object.entries(options))("holds the command %s with its options", (name, names) => {
    const command = commands.find((candidate) => candidate.name === name);
    const found = [...(command?.options ?? [])].map(({ flags }) => readFlagName(flags).long);
    expect(found).toEqual(expect.arrayContaining(split(names)));
  });

  it("holds the JSON for programs that ask for a token", async () => {
    const { qbo, signIn } = await startEmulatedIntuit();
    await signIn(undefined, "--name", "acme");
    const credential = (await qbo("token", "--format", "credential-process")).json();
    expect(credential).toMatchObject({ version: 1, environment: "emulator" });
    expect(Object.keys(credential)).toEqual(split("version accessToken expiresAt realmId environment apiBaseUrl"));
  });

  it("holds the options of every command", () => {
    const found = globalOptions.map(({ flags }) => readFlagName(flags).long);
    expect(found).toEqual(expect.arrayContaining(split(everyCommand)));
    const shorts = [...globalOptions, ...commands.flatMap((command) => command.options)];
    expect(shorts.map(({ flags }) => flags)).toContain("-c, --connection <name|realmId>");
    expect(shorts.map(({ flags }) => flags)).toContain("-q, --quiet");
  });

  it("holds the error codes and the exit code of each", () => {
    for (const [exitCode, codes] of Object.entries(exitCodes)) {
      for (const code of split(codes)) expect([code, Object.entries(errorTable).find(([known]) => known === code)?.[1].exitCode]).toEqual([code, Number(exitCode)]);
    }
  });

  it("holds the keys of each JSON document, and none is ever absent", async () => {
    const { qbo, signIn, world } = await startEmulatedIntuit();
    await signIn(undefined, "--name", "acme");
    await qbo("refresh");
    world.stdin = JSON.stringify({ environment: "emulator", realmId: "1", refreshToken: "r", name: "zz" });
    await qbo("use", "acme");
    for (const [words, path, names] of keys) {
      const document: unknown = (await qbo(...words, "--json")).json();
      const found = path.reduce((value, key) => Reflect.get(Object(value), key), document);
      // A sign-in starts anew: the last refresh comes with the next one.
      if (words[0] === "login") await qbo("refresh");
      expect([words, path, Object.keys(Object(found))]).toEqual([words, path, expect.arrayContaining(split(names))]);
      expect(JSON.stringify(document)).not.toContain("undefined");
    }
    expect(Object.keys((await qbo("token", "gone", "--json")).error())).toEqual(split(errorKeys));
  });
});
