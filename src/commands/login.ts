import type { World } from "../core/world.ts";
import { reportOneConnection } from "../flows/connections/status.ts";
import type { ConnectionReport } from "../flows/connections/connection-report.ts";
import { finishLogin } from "../flows/login/finish-login.ts";
import { login } from "../flows/login/login.ts";
import { startLogin } from "../flows/login/start-login.ts";
import { defineCommand, type Output, type Style } from "./kit/command.ts";
import { describeConnection } from "./kit/connection-lines.ts";
import { loginOptions, type LoginRequest, readLoginRequest } from "./kit/login-options.ts";

interface SignedIn {
  connection: ConnectionReport;
  reconnected: boolean;
}

export const loginCommand = defineCommand<LoginRequest, SignedIn | undefined>({
  name: "login",
  group: "Everyday",
  summary: "Sign a company in through the browser",
  description:
    "Opens Intuit's consent page in the browser, receives the answer on a temporary HTTPS server on this machine, and stores the tokens. " +
    "With the name of a connection it reconnects that one, with name, app, scopes and settings kept; consent for another company is refused. " +
    "Where the browser cannot come back to this machine, the address where it ends is pasted, or handed over later: --paste; --start and --finish -.",
  arguments: [{ name: "connection", description: "a connection to reconnect, or a name for the new one" }],
  options: loginOptions,
  examples: [
    ["qbo login --env sandbox", "a first sign-in"],
    ["qbo login acme", "reconnect acme"],
    ["qbo login acme --add-scope com.intuit.quickbooks.payment", "the same company, one scope more"],
    [
      "qbo login --env production --redirect-uri https://qbo.example.com:8722/callback --tls-cert cert.pem --tls-key key.pem",
      "a name of your own that points at 127.0.0.1",
    ],
    ["qbo login --env emulator", "against a local emulator (qbo emulator)"],
    ["qbo login --env production --paste", "with a redirect URI that need not exist"],
    ["qbo login --env production --start", "consent elsewhere; then: qbo login --finish -"],
  ],
  read: readLoginRequest,
  run: signIn,
  human: (result, style) => (result ? formatSignedIn(result, style) : ""),
  json: (result) => result,
});

async function signIn(world: World, request: LoginRequest, output: Output): Promise<SignedIn | undefined> {
  if (request.step === "first") {
    output.document(await startLogin(world, request.options));
    return undefined;
  }
  const { facts, isReconnected } =
    request.step === "second" ? await finishLogin(world) : await login(world, request.options);
  return { connection: await reportOneConnection(world, facts), reconnected: isReconnected };
}

function formatSignedIn({ connection, reconnected }: SignedIn, style: Style): string {
  const company = connection.companyName ?? `company ${connection.realmId}`;
  const headline = `${style.green("✓")} ${reconnected ? "Reconnected" : "Connected"} ${style.bold(company)}`;
  return [headline, ...describeConnection(connection, style)].join("\n");
}
