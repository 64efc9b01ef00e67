import { X509Certificate } from "node:crypto";
import { chmod, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Certificates, ServerCertificate } from "../../core/certificates.ts";
import { QboError } from "../../core/errors.ts";
import { day, formatInstant } from "../../core/instant.ts";
import type { Instant } from "../../core/instant.ts";
import type { Clock } from "../../core/ports.ts";
import { replaceFile } from "../durable-file/durable-file.ts";
import { coversName, readOwnCertificate } from "./own-certificate.ts";
import { findBlock, loopbackNames, parseLeaf } from "./read-leaf.ts";
import { readTrustRecord, writeTrustRecord } from "./trust-record.ts";

/** A leaf is replaced this long before it expires, in milliseconds. */
const renewalMargin = 7 * day;

export interface CertificatesOptions {
  /** Holds `callback.pem` and `emulator.pem`, each a key followed by its certificate: one file is always a pair. */
  folder: string;
  clock: Clock;
}

/**
 * Leaf certificates for loopback servers, made on this machine and signed by themselves: there is no authority whose
 * key could sign other names. A good leaf on disk is used as it is; anything else there is replaced.
 */
export function createCertificates({ folder, clock }: CertificatesOptions): Certificates {
  const callbackFile = join(folder, "callback.pem");
  const emulatorFile = join(folder, "emulator.pem");
  return {
    forCallback: async () => await provideCallbackLeaf({ file: callbackFile, folder, now: clock.now() }),
    makeForCallback: async () => {
      const leaf = parseLeaf(await makePem(clock.now()));
      if (leaf === undefined) throw unusable(callbackFile, "a new certificate could not be made");
      return leaf;
    },
    keepForCallback: async ({ keyPem, certificatePem }) => await storePem(callbackFile, `${keyPem}${certificatePem}`),
    readTrust: async () => readTrustRecord(folder),
    writeTrust: async (record) => await writeTrustRecord(folder, record),
    covers: coversName,
    readOwn: async (files, hostname) => await readOwnCertificate(files, { hostname, now: clock.now() }),
    forEmulator: async () => await provideLeaf(emulatorFile, clock.now()),
    readEmulatorCertificate: async () => {
      const pem = await readPem(emulatorFile);
      if (pem === undefined) return undefined;
      const certificatePem = findBlock(pem, "CERTIFICATE");
      if (certificatePem === undefined) throw unusable(emulatorFile, "it contains no certificate");
      return certificatePem;
    },
  };
}

interface CallbackLeaf {
  file: string;
  folder: string;
  now: Instant;
}

/** A leaf that browsers trust is not replaced behind their back: the new one would not be trusted. */
async function provideCallbackLeaf({ file, folder, now }: CallbackLeaf): Promise<ServerCertificate> {
  const stored = parseLeaf((await readPem(file)) ?? "");
  const isTrusted = stored !== undefined && readTrustRecord(folder)?.fingerprint === stored.fingerprint;
  if (!isTrusted) return await provideLeaf(file, now);
  if (stored.expiresAt <= now) {
    throw new QboError(
      "CERTIFICATE_UNUSABLE",
      `The trusted certificate ${file} expired on ${formatInstant(stored.expiresAt)}.`,
      {
        hint: "Make a new one, and let it be trusted in its place: qbo certs renew",
      },
    );
  }
  await restrictToOwner(file);
  return stored;
}

/** What is answered always lies on disk: of two processes that create at once, the later writer wins for both. */
async function provideLeaf(file: string, now: Instant): Promise<ServerCertificate> {
  const stored = await loadGoodLeaf(file, now);
  if (stored !== undefined) return stored;
  await storePem(file, await makePem(now));
  const written = await loadGoodLeaf(file, now);
  if (written === undefined) throw unusable(file, "it changed while it was being made");
  return written;
}

async function loadGoodLeaf(file: string, now: Instant): Promise<ServerCertificate | undefined> {
  const leaf = parseLeaf((await readPem(file)) ?? "");
  if (leaf === undefined || mustRenew(leaf, now)) return undefined;
  await restrictToOwner(file);
  return leaf;
}

function mustRenew(leaf: ServerCertificate, now: Instant): boolean {
  const { validFrom } = new X509Certificate(leaf.certificatePem);
  return Date.parse(validFrom) > now || leaf.expiresAt - renewalMargin <= now;
}

async function readPem(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw unusable(file, "it cannot be read", error);
  }
}

async function makePem(now: Instant): Promise<string> {
  const { makeLeaf } = await import("./make-leaf.ts");
  return await makeLeaf(loopbackNames, now);
}

async function storePem(file: string, pem: string): Promise<void> {
  try {
    await replaceFile(file, pem);
  } catch (error) {
    throw unusable(file, "it cannot be written", error);
  }
}

/** A key that others could read is closed to them again. On Windows the folder's own access list decides. */
async function restrictToOwner(file: string): Promise<void> {
  try {
    const { mode } = await stat(file);
    if ((mode & 0o077) !== 0) await chmod(file, 0o600);
  } catch (error) {
    throw unusable(file, "its permissions cannot be restricted to its owner", error);
  }
}

function unusable(file: string, reason: string, cause?: unknown): QboError {
  return new QboError("CERTIFICATE_UNUSABLE", `The certificate file ${file} cannot be used: ${reason}.`, {
    hint: `Make sure that ${dirname(file)} belongs to you and is writable, or delete ${file}; then run the command again.`,
    cause,
  });
}
