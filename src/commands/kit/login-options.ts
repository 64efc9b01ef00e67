import type { OwnCertificateFiles } from "../../core/certificates.ts";
import type { LoginOptions } from "../../flows/login/plan.ts";
import { knownScopes } from "../../intuit/scopes.ts";
import { readListenAddress } from "../../oauth/redirect-uri.ts";
import type { OptionSpec, RawInput } from "./command.ts";
import {
  connectionOptions,
  readConnectionChoice,
  readNumber,
  readOption,
  readRepeated,
  readScopesOption,
  readStoreOption,
  readSwitch,
  storeOption,
  usage,
} from "./options.ts";

/** What `qbo login` was told to do: sign in, take the first of two steps, or the second. */
export type LoginRequest = { step: "whole" | "first"; options: LoginOptions } | { step: "second" };

export const loginOptions: readonly OptionSpec[] = [
  ...connectionOptions,
  { flags: "--scopes <list>", description: "ask for these scopes instead of the configured ones", words: knownScopes },
  {
    flags: "--add-scope <scope>",
    description: "ask for one scope more (repeatable)",
    isRepeatable: true,
    words: knownScopes,
  },
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
  { flags: "--paste", description: "do not listen: paste the address where the browser ends" },
  { flags: "--start", description: "print the address as JSON and end; for consent elsewhere, within 7 days" },
  { flags: "--finish <->", description: "finish a started sign-in with the address that is on stdin" },
  { flags: "--timeout <seconds>", description: "how long to wait for the browser (300)" },
  { flags: "--name <name>", description: "name of the new connection (the company's name, unless given)" },
  storeOption,
];

/** Understands the options of `qbo login`. Throws USAGE. */
export function readLoginRequest(raw: RawInput): LoginRequest {
  const [isStart, isPaste] = [readSwitch(raw, "start"), readSwitch(raw, "paste")];
  if (raw.flags["finish"] !== undefined) return readSecondStep(raw);
  if (isStart || isPaste) refuseBeside(raw, isStart ? "start" : "paste");
  const listen = readOption(raw, "listen");
  const options: LoginOptions = {
    ...readConnectionChoice(raw),
    scopes: readScopesOption(raw, "scopes"),
    addScopes: readRepeated(raw, "addScope"),
    redirectUri: readOption(raw, "redirectUri"),
    listen: listen === undefined ? undefined : readListenAddress(listen),
    tls: readOwnCertificate(raw),
    name: readOption(raw, "name"),
    store: readStoreOption(raw, "store"),
    timeout: readNumber(raw, "timeout", { least: 1, most: 3600 }),
    openBrowser: raw.flags["browser"] !== false,
    way: isPaste ? "paste" : "callback",
  };
  return { step: isStart ? "first" : "whole", options };
}

function readOwnCertificate(raw: RawInput): OwnCertificateFiles | undefined {
  const [certificateFile, keyFile] = [readOption(raw, "tlsCert"), readOption(raw, "tlsKey")];
  if (certificateFile !== undefined && keyFile !== undefined) return { certificateFile, keyFile };
  if (certificateFile === undefined && keyFile === undefined) return undefined;
  throw usage("A certificate and its key go together.", "Give both --tls-cert and --tls-key, or neither.");
}

/** What makes no sense beside them: nothing listens, and after --start nothing waits either. */
function refuseBeside(raw: RawInput, switchName: "start" | "paste"): void {
  const others = switchName === "start" ? ["paste", "listen", "tlsCert", "timeout"] : ["listen", "tlsCert"];
  const other = others.find((name) => raw.flags[name] !== undefined);
  if (other !== undefined)
    throw usage(`--${switchName} and --${other === "tlsCert" ? "tls-cert" : other} exclude each other.`);
}

/** The address goes through stdin, because a code on the command line could be read by others; all else was settled by --start. */
function readSecondStep(raw: RawInput): LoginRequest {
  if (readOption(raw, "finish") !== "-") {
    throw usage(
      "--finish takes nothing but -: the address comes through stdin.",
      "For example: qbo login --finish - < file",
    );
  }
  const names = loginOptions.map(({ flags }) => /--(?:no-)?([a-z-]+)/.exec(flags)?.[1] ?? "");
  const keys = names.map((name) => name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()));
  const isGiven = (key: string) => (key === "browser" ? raw.flags[key] === false : raw.flags[key] !== undefined);
  const other = keys.findIndex((key) => key !== "finish" && isGiven(key));
  if (other === -1 && raw.arguments[0] === undefined) return { step: "second" };
  const what = other === -1 ? "a connection" : `--${names[other] === "browser" ? "no-browser" : names[other]}`;
  throw usage(`--finish takes everything from --start, so ${what} cannot be given with it.`, "Leave it out.");
}
