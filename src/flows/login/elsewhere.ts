import type { ListenAddress } from "../../core/callback-server.ts";
import type { Surroundings } from "../../core/ports.ts";
import type { World } from "../../core/world.ts";
import { isLoopbackName } from "../../oauth/loopback-name.ts";
import { type RedirectUri } from "../../oauth/redirect-uri.ts";
import { formatLoginCommand } from "./login-command.ts";
import type { LoginPlan } from "./plan.ts";

/** What is known of the place where qbo runs, and of the browser. */
export interface Place {
  env: World["env"];
  hostname: string;
  surroundings: Surroundings;
  isBrowserOpen: boolean;
  /** Whether a program to open the browser with was named. */
  isToldTo: boolean;
}

/**
 * How the callback gets here when the person's browser is on another machine: the exact command. `undefined` when the browser is here, or
 * when the redirect does not go to a port of the browser's own machine.
 */
export function describeElsewhere(plan: LoginPlan, place: Place): string | undefined {
  const { app, listen } = plan;
  if (!listen || !goesToOwnMachine(app.redirectUri, listen)) return undefined;
  const isLocal = isLoopbackName(app.redirectUri.hostname);
  const ports = { browser: isLocal ? app.redirectUri.port : listen.port, here: listen.port };
  if (isCodespace(place.env)) return describeCodespace(place.env, ports);
  // Whoever names a program that opens browsers elsewhere has the callback's way back, too.
  if (place.isToldTo && place.isBrowserOpen) return undefined;
  if (place.env["SSH_CONNECTION"] || place.env["SSH_TTY"]) return describeSsh(place, ports);
  if (place.surroundings.isWsl) return place.isBrowserOpen ? undefined : describeWsl(ports);
  if (place.surroundings.isContainer && isLoopbackHost(listen)) return describeContainer(plan, listen, ports);
  return undefined;
}

interface Ports {
  /** To which the browser is sent. */
  browser: number;
  here: number;
}

/** So does a name of one's own that points at loopback, and a relay page: both lead to https. A tunnel ends in plain http on this machine. */
function goesToOwnMachine({ hostname }: RedirectUri, listen: ListenAddress): boolean {
  return isLoopbackName(hostname) || listen.scheme === "https";
}

function isCodespace(env: World["env"]): boolean {
  return ["CODESPACES", "CODESPACE_NAME", "GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN"].some((name) => env[name]);
}

function describeCodespace(env: World["env"], { browser, here }: Ports): string {
  const name = keepPlain(env["CODESPACE_NAME"]) ?? "<codespace>";
  return `This is a codespace. So that your browser's answer gets here, run on your own machine:\n  gh codespace ports forward ${here}:${browser} -c ${name}`;
}

/** SSH_CONNECTION: client address, client port, server address, server port (ssh(1)). */
function describeSsh({ env, hostname }: Place, { browser, here }: Ports): string {
  const [, , address, port] = (env["SSH_CONNECTION"] ?? "").split(" ");
  const user = keepPlain(env["USER"] ?? env["LOGNAME"]);
  const host = keepPlain(address) ?? hostname;
  const target = user === undefined ? host : `${user}@${host}`;
  const other = port === undefined || port === "22" || !/^\d+$/.test(port) ? "" : `-p ${port} `;
  return `This is an SSH session. So that your browser's answer gets here, run on your own machine:\n  ssh -L ${browser}:localhost:${here} ${other}${target}`;
}

function describeWsl({ browser }: Ports): string {
  return `Open the address in Windows: it passes localhost:${browser} on to this Linux (WSL2).`;
}

function describeContainer(plan: LoginPlan, listen: ListenAddress, { browser, here }: Ports): string {
  const command = formatLoginCommand({ ...plan, listen: { ...listen, host: "0.0.0.0" } });
  return (
    "This is a container: the callback listens on the container's own loopback, where a published port does not arrive. Publish the port and " +
    `listen on all addresses of the container:\n  docker run -p 127.0.0.1:${browser}:${here} …\n  ${command}`
  );
}

function isLoopbackHost({ host }: ListenAddress): boolean {
  return isLoopbackName(host) || host === "::1";
}

/** A value that goes into a command for a shell: nothing in it may mean anything there. */
function keepPlain(text: string | undefined): string | undefined {
  return text !== undefined && /^\w[\w.:%@-]*$/.test(text) ? text : undefined;
}
