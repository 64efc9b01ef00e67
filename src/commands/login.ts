import type { OwnCertificateFiles } from "../core/ports.ts";
import type { World } from "../core/world.ts";
import { reportOneConnection } from "../flows/status.ts";
import { login } from "../flows/login/login.ts";
import type { LoginOptions } from "../flows/login/plan.ts";
import type { ConnectionReport } from "../flows/connection-report.ts";
import { readListenAddress } from "../oauth/redirect-uri.ts";
import { defineCommand, type RawInput, type Style } from "./kit/command.ts";
import { describeConnection } from "./kit/connection-lines.ts";
import {
  connectionOptions,
  readConnectionChoice,
  readNumber,
  readOption,
  readStoreOption,
  readRepeated,
  readScopesOption,
  storeOption,
  usage,
} from "./options.ts";

interface SignedIn {
  connection: ConnectionReport;
  reconnected: boolean;
}

export const loginCommand = defineCommand<LoginOptions, SignedIn>({
  name: "login",
  group: "Everyday",
  summary: "Sign a company in through the browser",
  description:
    "Opens Intuit's consent page in the browser, receives the answer on a temporary HTTPS server on this machine, and stores the tokens. " +
    "With the name of a connection it reconnects that one, with name, app, scopes and settings kept; consent for another company is refused.",
  arguments: [{ name: "connection", description: "a connection to reconnect, or a name for the new one" }],
  options: [
    ...connectionOptions,
    { flags: "--scopes <list>", description: "ask for these scopes instead of the configured ones" },
    { flags: "--add-scope <scope>", description: "ask for one scope more (repeatable)", isRepeatable: true },
    { flags: "--redirect-uri <uri>", description: "the redirect URI that is registered with the app, to the letter" },
    {
      flags: "--listen <scheme://host:port>",
      description: "where to listen, when that is not what the redirect URI says",
    },
    {
      flags: "--tls-cert <file>",
      description: "a certificate of your own for the redirect URI's name, in PEM, intermediates after it",
    },
    { flags: "--tls-key <file>", description: "its key, in PEM" },
    { flags: "--no-browser", description: "print the address and open nothing" },
    { flags: "--timeout <seconds>", description: "how long to wait for the browser (300)" },
    { flags: "--name <name>", description: "name of the new connection (the company's name, unless given)" },
    storeOption,
  ],
  examples: [
    ["qbo login --env sandbox", "a first sign-in"],
    ["qbo login acme", "reconnect acme"],
    ["qbo login acme --add-scope com.intuit.quickbooks.payment", "the same company, one scope more"],
    [
      "qbo login --env production --redirect-uri https://qbo.example.com:8722/callback --tls-cert cert.pem --tls-key key.pem",
      "a name of your own that points at 127.0.0.1",
    ],
    ["qbo login --env emulator", "against a local emulator (qbo emulator)"],
  ],
  read: readLoginOptions,
  run: signIn,
  human: formatSignedIn,
  json: (result) => result,
});

function readLoginOptions(raw: RawInput): LoginOptions {
  const listen = readOption(raw, "listen");
  const choice = readConnectionChoice(raw);
  return {
    ...choice,
    scopes: readScopesOption(raw, "scopes"),
    addScopes: readRepeated(raw, "addScope"),
    redirectUri: readOption(raw, "redirectUri"),
    listen: listen === undefined ? undefined : readListenAddress(listen),
    tls: readOwnCertificate(raw),
    name: readOption(raw, "name"),
    store: readStoreOption(raw, "store"),
    timeout: readNumber(raw, "timeout", { least: 1, most: 3600 }),
    openBrowser: raw.flags["browser"] !== false,
  };
}

function readOwnCertificate(raw: RawInput): OwnCertificateFiles | undefined {
  const [certificateFile, keyFile] = [readOption(raw, "tlsCert"), readOption(raw, "tlsKey")];
  if (certificateFile !== undefined && keyFile !== undefined) return { certificateFile, keyFile };
  if (certificateFile === undefined && keyFile === undefined) return undefined;
  throw usage("A certificate and its key go together.", "Give both --tls-cert and --tls-key, or neither.");
}

async function signIn(world: World, options: LoginOptions): Promise<SignedIn> {
  const { facts, isReconnected } = await login(world, options);
  return { connection: await reportOneConnection(world, facts), reconnected: isReconnected };
}

function formatSignedIn({ connection, reconnected }: SignedIn, style: Style): string {
  const company = connection.companyName ?? `company ${connection.realmId}`;
  const headline = `${style.green("✓")} ${reconnected ? "Reconnected" : "Connected"} ${style.bold(company)}`;
  return [headline, ...describeConnection(connection, style)].join("\n");
}
