import { readFileSync } from "node:fs";
import { checkServerIdentity, type PeerCertificate } from "node:tls";
import type { PoolConfig } from "pg";
import { QboError } from "../../core/errors.ts";
import { makePrintable } from "../../core/printable.ts";
import { Secret } from "../../core/secret.ts";

/** Where a team store is, and how to get there. */
export interface TeamStoreAddress {
  /** The store's name, without anything secret, for messages. */
  text: string;
  /** The whole URL, where it says more than `text`. */
  url: Secret | undefined;
  /** The variable PGPASSWORD counts where the URL holds no password; then the password file (PGPASSFILE). */
  env: Readonly<Record<string, string | undefined>>;
}

type Place = Pick<PoolConfig, "host" | "port" | "user" | "database" | "password" | "ssl">;

const parameters = new Set(["sslmode", "sslrootcert"]);

/**
 * What the driver needs to know. Every server but one on this machine must prove who it is (libpq's sslmode=verify-full, PostgreSQL manual,
 * section 34.19): a password and a connection's future go to it.
 * @throws CONFIG_INVALID for what would be less safe, and for what is not understood.
 */
export function readAddress({ text, url, env }: TeamStoreAddress): Place {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url?.reveal() ?? text);
  const stranger = [...searchParams.keys()].find((name) => !parameters.has(name));
  if (stranger !== undefined)
    throw unusable(text, `has the parameter ${makePrintable(stranger, 40)}, which qbo does not know`, "Leave it out.");
  const host = decode(text, hostname).replace(/^\[(.*)\]$/, "$1");
  const given = password === "" ? env["PGPASSWORD"] : decode(text, password);
  return {
    host,
    port: port === "" ? 5432 : Number(port),
    ...(username === "" ? {} : { user: decode(text, username) }),
    ...(pathname.length <= 1 ? {} : { database: decode(text, pathname.slice(1)) }),
    ...(given === undefined || given === "" ? {} : { password: new Secret(given).reveal() }),
    ssl: readTls(text, host, searchParams),
  };
}

function readTls(text: string, host: string, searchParams: URLSearchParams): Place["ssl"] {
  const isHere = isOnThisMachine(host);
  const mode = searchParams.get("sslmode") ?? (isHere ? "disable" : "verify-full");
  const rootFile = searchParams.get("sslrootcert");
  if (mode === "disable") {
    if (isHere) return false;
    throw unusable(
      text,
      "says sslmode=disable, but the server is not on this machine: everybody on the way could read the password",
      "Leave sslmode out; for a certificate of your own authority add sslrootcert=/path/to/ca.pem.",
    );
  }
  // These three promise encryption, with ever more proof. The proof is always asked for.
  if (!["require", "verify-ca", "verify-full"].includes(mode))
    throw unusable(
      text,
      `says sslmode=${makePrintable(mode, 40)}, which does not insist on encryption`,
      "Leave it out.",
    );
  return {
    rejectUnauthorized: true,
    // Otherwise the certificate of an IP address would be held against the name localhost.
    checkServerIdentity: (_name: string, certificate: PeerCertificate) => checkServerIdentity(host, certificate),
    ...(rootFile === null || rootFile === "system" ? {} : { ca: readRootFile(text, rootFile) }),
  };
}

/** Whether what is sent there stays on this machine: a loopback address, or the folder of a socket. */
function isOnThisMachine(host: string): boolean {
  return host.startsWith("/") || host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

function readRootFile(text: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const hint = "Set sslrootcert to the PEM file of the authority that signed the server's certificate.";
    throw unusable(text, `names the sslrootcert ${makePrintable(path, 200)}, which cannot be read`, hint, cause);
  }
}

function decode(text: string, part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (cause) {
    throw unusable(text, "has a % that is not followed by two hex digits", "Write a % itself as %25.", cause);
  }
}

function unusable(text: string, what: string, hint: string, cause?: unknown): QboError {
  return new QboError("CONFIG_INVALID", `The address of ${text} ${what}.`, { hint, cause });
}
