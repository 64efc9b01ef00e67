import type { Instant } from "./instant.ts";

/** A leaf certificate with its key, in PEM. */
export interface ServerCertificate {
  /** The leaf; intermediates may follow. */
  certificatePem: string;
  keyPem: string;
  /** SHA-256 of the certificate as browsers show it: `AB:CD:…`. */
  fingerprint: string;
  expiresAt: Instant;
}

/** A certificate of the user's own, as named on the command line. */
export interface OwnCertificateFiles {
  /** PEM: the leaf first, then the intermediates. */
  certificateFile: string;
  /** PEM, not encrypted. */
  keyFile: string;
}

/** A note about which leaf was trusted, and in which stores. The stores themselves are the truth. */
export interface TrustRecord {
  fingerprint: string;
  stores: readonly string[];
}

/** The certificates that qbo makes for itself, on this machine, and those that it is given. */
export interface Certificates {
  /**
   * The leaf of the callback server; made or renewed when needed. One that is noted as trusted is never replaced here.
   * Throws CERTIFICATE_UNUSABLE, also when a trusted one has expired.
   */
  forCallback(): Promise<ServerCertificate>;
  /** A new leaf for the callback server, which lies nowhere yet. */
  makeForCallback(): Promise<ServerCertificate>;
  /** Puts this leaf in the place of the callback server's. Throws CERTIFICATE_UNUSABLE. */
  keepForCallback(leaf: ServerCertificate): Promise<void>;
  /** Undefined when no leaf was trusted, or when what stands there is no note. */
  readTrust(): Promise<TrustRecord | undefined>;
  /** Notes it, or forgets it. Throws FILES_UNAVAILABLE. */
  writeTrust(record: TrustRecord | undefined): Promise<void>;
  /** The user's own certificate, for a server that is called by `hostname`. Throws CERTIFICATE_UNUSABLE for whatever a browser would refuse. */
  readOwn(files: OwnCertificateFiles, hostname: string): Promise<ServerCertificate>;
  /** Whether the certificate in a file is for that name. Throws CERTIFICATE_UNUSABLE when it cannot be read. */
  covers(certificateFile: string, hostname: string): Promise<boolean>;
  /** The leaf of the emulator, made or renewed when needed. */
  forEmulator(): Promise<ServerCertificate>;
  /** PEM of the emulator's leaf for pinning; `undefined` when no emulator ever ran here. */
  readEmulatorCertificate(): Promise<string | undefined>;
}
