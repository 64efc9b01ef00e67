import type { ConnectionId } from "./connection.ts";
import type { Instant } from "./instant.ts";

/** The lock of a connection as it lies on disk. */
export interface LockFinding {
  /** In words that fit after "held by". */
  holder: string;
  /** Whether there is evidence that nobody holds it any more: its process has ended, or gave no sign of life for too long. */
  isAbandoned: boolean;
  since: Instant | null;
}

/** The certificate of the callback server as it lies on disk. */
export type CertificateFinding =
  | { kind: "none" }
  /** Damaged, or not a pair of key and leaf for this machine's loopback names. */
  | { kind: "unusable"; path: string }
  | {
      kind: "leaf";
      path: string;
      validFrom: Instant;
      expiresAt: Instant;
      fingerprint: string;
      /** Whether it is noted as trusted by browsers. */
      isTrusted: boolean;
    };

/** The program that listens on a port of this machine. */
export interface PortHolder {
  pid: number;
  /** The name of its program, printable; null where that cannot be learned. */
  program: string | null;
  /** The command, such as `login` or `emulator`, when it is another qbo; otherwise null. */
  qboCommand: string | null;
}

/** What the file that NODE_EXTRA_CA_CERTS names came to. Unless it is usable, Node.js did without it, or without part of it. */
export type ExtraAuthorities = { path: string } & (
  | { kind: "usable"; count: number }
  | { kind: "missing" | "unreadable" | "no-certificate" | "damaged" }
);

/** A file or folder of qbo that others may read or change. */
export interface ExposedPath {
  path: string;
  /** Permission bits, as in `0o644`. */
  mode: number;
}

/**
 * What can be found out about this machine without changing anything and without touching a secret, and the few things that
 * are safe to mend. Throws FILES_UNAVAILABLE when the file system fails.
 */
export interface Machine {
  inspectLock(id: ConnectionId): Promise<LockFinding | undefined>;
  inspectCertificate(): Promise<CertificateFinding>;
  /** Empty on Windows, where access lists decide. */
  listExposedPaths(): Promise<ExposedPath[]>;
  /** Takes away what others may do with the path. */
  closePath(path: string): Promise<void>;
  /** Who listens on this port of the loopback interface, as far as the system tells; within two seconds, and never an error. */
  findPortHolder(port: number): Promise<PortHolder | undefined>;
  /** The proxy that requests to this address go through, without its credentials; null for none. */
  findProxy(url: string): string | null;
  /** The authorities that this run trusts besides the usual ones; null when NODE_EXTRA_CA_CERTS is not set. */
  inspectExtraAuthorities(): ExtraAuthorities | null;
  /** Names of connections in the default state folder, while QBO_STATE_DIR names another; empty otherwise. */
  listHiddenConnections(): Promise<string[]>;
  /** The words with which this very program is run: those of Node.js and of the program's file. */
  findProgram(): string[];
  /** Throws USAGE when there is no folder that could hold a file of that name. */
  assertFolderFor(path: string): Promise<void>;
  /** Throws USAGE when there is a file of that name already, or no folder that could hold one. */
  assertNewFile(path: string): Promise<void>;
  /** Makes a file that only its owner can read, unless it is made to be published. Throws as `assertNewFile`; makes no folder. */
  writeNewFile(path: string, text: string, options?: { isPublic?: boolean }): Promise<void>;
  /** Replaces a file whole, or makes it, readable by its owner only; writes to what is no file (`/dev/null`, a pipe). */
  replaceFile(path: string, text: string): Promise<void>;
}
