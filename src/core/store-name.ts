import { makePrintable } from "./printable.ts";
import { Secret } from "./secret.ts";

/** A store as it is chosen with --store, QBO_STORE and `store`. `text` is the one way in which it is written down and shown. */
export type StoreName =
  | { kind: "keychain"; text: "keychain" }
  | { kind: "file"; text: "file" }
  /** `helper`: what follows `docker-credential-` in the name of the program. */
  | { kind: "helper"; text: string; helper: string }
  /** `address`: the whole URL, where it says more than `text`, which has neither password nor parameters. */
  | { kind: "postgres"; text: string; address: Secret | undefined; hasPassword: boolean };

/** What may be written as a store, for messages and help. */
export const storeForms = "keychain, file, helper:<name> or postgres://<user>@<host>/<database>";

/** How stores are begun to be written. */
export const storeWords = ["keychain", "file", "helper:", "postgres://"] as const;

const helperPattern = /^helper:([a-zA-Z0-9._-]{1,100})$/;
const mostCharacters = 2000;
/** A name, an address, or the folder of a socket, with %2F for its slashes. */
const hostPattern = /^(?:[\w.%-]+|\[[\da-f:.]+\])$/i;
const postgresPort = "5432";

/** The store that `text` names; `undefined` when it names none. */
export function readStoreName(text: string): StoreName | undefined {
  if (text === "keychain") return { kind: text, text };
  if (text === "file") return { kind: text, text };
  const [, helper] = helperPattern.exec(text) ?? [];
  // A name of dots and hyphens alone is no program's, and one that begins with a hyphen invites mistakes.
  if (helper !== undefined) return /^[a-zA-Z0-9]/.test(helper) ? { kind: "helper", text, helper } : undefined;
  return /^postgres(?:ql)?:\/\//.test(text) ? readPostgresName(text) : undefined;
}

/** Whether `text` names a store; whether there is one of that name is not asked. */
export function isStoreName(text: string): boolean {
  return readStoreName(text) !== undefined;
}

/** How a store is written down and shown: never with what its address keeps secret, also when it names no store. */
export function formatStoreName(text: string): string {
  const known = readStoreName(text);
  return known?.text ?? makePrintable(text.replace(/:\/\/.*$/s, "://…"), 80);
}

/** URI form of a PostgreSQL connection (its manual, section "Connection URIs"), with one host. */
function readPostgresName(text: string): StoreName | undefined {
  if (text.length > mostCharacters || !/^[\x21-\x7e]+$/.test(text) || !URL.canParse(text)) return undefined;
  const { username, password, hostname, port, pathname, hash } = new URL(text);
  if (!hostPattern.test(hostname) || hash !== "" || !/^(?:\/[^/]*)?$/.test(pathname)) return undefined;
  const user = username === "" ? "" : `${username}@`;
  const database = pathname === "/" ? "" : pathname;
  const shown = `postgres://${user}${hostname.includes("%") ? hostname : hostname.toLowerCase()}:${port || postgresPort}${database}`;
  // Whatever is made a Secret is redacted everywhere, and the name itself must stay legible.
  const saysMore = password !== "" || /[?]/.test(text);
  if (password !== "") rememberPassword(password);
  return {
    kind: "postgres",
    text: shown,
    address: saysMore ? new Secret(text) : undefined,
    hasPassword: password !== "" || /[?&](?:ssl)?password=/i.test(text),
  };
}

/** So that it is redacted also where a driver's message quotes it alone. */
function rememberPassword(password: string): Secret[] {
  const spellings = [password];
  try {
    spellings.push(decodeURIComponent(password));
  } catch {
    // A stray percent sign: the password is what it is.
  }
  return spellings.map((spelling) => new Secret(spelling));
}
