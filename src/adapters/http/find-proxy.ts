import { QboError } from "../../core/errors.ts";

export type Env = Readonly<Record<string, string | undefined>>;

/** A proxy as the environment names it. */
export interface Proxy {
  /** Without credentials: the only part that may be shown. */
  origin: string;
  /** The value of `Proxy-Authorization` (RFC 7617); undefined when the address holds no credentials. */
  authorization: string | undefined;
}

/** The address of the proxy that a request to `address` goes through, without its credentials; null for none. Throws CONFIG_INVALID. */
export function findProxy(address: string, env: Env): string | null {
  return chooseProxy(new URL(address), env)?.origin ?? null;
}

/**
 * The proxy that HTTPS_PROXY or HTTP_PROXY names for the scheme of `url`, unless `url` is on this machine or NO_PROXY exempts its host.
 * Names in lower case come first, as curl has it, and an empty one counts as none. Throws CONFIG_INVALID for an address that is none.
 */
export function chooseProxy(url: URL, env: Env): Proxy | undefined {
  if (isLoopback(url.hostname) || isExempt(url, env["no_proxy"] ?? env["NO_PROXY"] ?? "")) return undefined;
  const usual = url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const name = env[usual.toLowerCase()] === undefined ? usual : usual.toLowerCase();
  const text = env[name]?.trim();
  if (text === undefined || text === "") return undefined;
  const proxy = readProxy(text);
  if (proxy) return proxy;
  throw new QboError("CONFIG_INVALID", `${name} is not the address of a proxy.`, {
    hint: `Set ${name} to an address like http://proxy.example:3128, or unset it; SOCKS is not supported. In a password, write special characters as %XX.`,
  });
}

/** Whether a URL's host name means this machine (RFC 6761, section 6.3; RFC 6890). */
function isLoopback(hostname: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}

/** `host:port` alone is what many system settings hold; it means plain HTTP to the proxy. */
function readProxy(text: string): Proxy | undefined {
  const address = /^[^/]+:\d+\/?$/.test(text) ? `http://${text}` : text;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:") return undefined;
  const [user, password] = [decode(url.username), decode(url.password)];
  if (user === undefined || password === undefined) return undefined;
  const hasCredentials = user !== "" || password !== "";
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  return { origin: url.origin, authorization: hasCredentials ? authorization : undefined };
}

/** Undefined when a percent sign stands for nothing. */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

function isExempt(url: URL, noProxy: string): boolean {
  const port = url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port;
  return noProxy
    .split(/[,\s]+/)
    .filter((entry) => entry !== "")
    .some((entry) => {
      if (entry === "*") return true;
      const [host, entryPort] = splitEntry(entry);
      return (entryPort ?? port) === port && (url.hostname === host || url.hostname.endsWith(`.${host}`));
    });
}

/** A host, as URLs write it, and the port if one is given: `example.com`, `.example.com:8443`, `[2001:db8::1]:443`, `2001:db8::1`. */
function splitEntry(entry: string): [host: string, port: string | undefined] {
  const [, bracketed, afterBracket] = /^\[(.+)\](?::(\d+))?$/.exec(entry) ?? [];
  const six = bracketed ?? (entry.split(":").length > 2 ? entry : undefined);
  if (six !== undefined) {
    const address = `http://[${six}]`;
    return [URL.canParse(address) ? new URL(address).hostname : entry, afterBracket];
  }
  const [, name = entry, port] = /^(.+):(\d+)$/.exec(entry) ?? [];
  return [name.replace(/^\*?\./, "").toLowerCase(), port];
}
