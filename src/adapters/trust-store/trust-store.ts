import { X509Certificate } from "node:crypto";
import { QboError } from "../../core/errors.ts";
import type { TrustFinding, TrustRemoval, TrustStore } from "../../core/trust.ts";
import { openLoginKeychain } from "./login-keychain.ts";
import { findDatabases, findUsualDatabase } from "./nss-databases.ts";
import { makeNssDatabase, openNssDatabase } from "./nss-place.ts";
import { createToolRunner, type RunTool } from "./run-tool.ts";
import { type TrustPlace, unusable } from "./trust-place.ts";
import { openTrustedPeople } from "./trusted-people.ts";

export interface TrustStoreOptions {
  platform: NodeJS.Platform;
  env: Readonly<Record<string, string | undefined>>;
  home: string;
  run?: RunTool;
}

/** The trust stores of this person on this platform. */
export function createTrustStore(options: TrustStoreOptions): TrustStore {
  const run = options.run ?? createToolRunner({ ...options.env, HOME: options.home });
  const places = () => openPlaces(options, run);
  return {
    inspect: async (fingerprint) => Promise.all(places().map(async (place) => inspect(place, fingerprint))),
    async trust(certificatePem) {
      const certificate = new X509Certificate(certificatePem);
      if (places().length === 0) await makeNssDatabase(findUsualDatabase(options), run);
      const findings: TrustFinding[] = [];
      const failures: QboError[] = [];
      for (const place of places()) {
        const failure = await attempt(() => ensureTrusted(place, certificate));
        const finding = await inspect(place, certificate.fingerprint256);
        findings.push(failure ? { ...finding, reason: failure.message } : finding);
        if (failure) failures.push(failure);
      }
      if (failures[0] && failures.length === findings.length) throw failures[0];
      return findings;
    },
    async untrust(fingerprint) {
      const removals: TrustRemoval[] = [];
      const failures: QboError[] = [];
      for (const place of places()) {
        let removed = 0;
        const failure = await attempt(async () => {
          removed = await removeFrom(place, fingerprint);
        });
        removals.push({ store: place.store, removed, reason: failure?.message ?? null });
        if (failure) failures.push(failure);
      }
      if (failures[0] && failures.length === removals.length) throw failures[0];
      return removals;
    },
  };
}

function openPlaces({ platform, env, home }: TrustStoreOptions, run: RunTool): TrustPlace[] {
  if (platform === "darwin") return [openLoginKeychain(home, run)];
  if (platform === "win32") return [openTrustedPeople(env, run)];
  return findDatabases({ env, home }).map((folder) => openNssDatabase(folder, run));
}

async function inspect(place: TrustPlace, fingerprint: string | null): Promise<TrustFinding> {
  const finding = { store: place.store, isTrusted: null, reason: null, otherLeaves: 0 };
  let entries: Awaited<ReturnType<TrustPlace["list"]>> = [];
  const failure = await attempt(async () => {
    entries = await place.list();
  });
  if (failure) return { ...finding, reason: failure.message };
  const trusted = entries.filter((entry) => entry.isTrusted);
  const isTrusted = trusted.some(({ certificate }) => certificate.fingerprint256 === fingerprint);
  return { ...finding, isTrusted, otherLeaves: trusted.length - (isTrusted ? 1 : 0) };
}

async function ensureTrusted(place: TrustPlace, certificate: X509Certificate): Promise<void> {
  const isThis = (entry: { certificate: X509Certificate }) =>
    entry.certificate.fingerprint256 === certificate.fingerprint256;
  const entry = (await place.list()).find(isThis);
  if (entry?.isTrusted) return;
  // Somebody took its trust away and left it there: it is put in anew.
  if (entry) await place.remove(entry);
  await place.add(certificate);
  if (!(await place.list()).some((known) => isThis(known) && known.isTrusted))
    throw unusable(`${place.store} took the certificate, and does not trust it.`, "To see more: qbo certs status");
}

/** Removes our leaves, all or the one, and answers how many are there no more. */
async function removeFrom(place: TrustPlace, fingerprint: string | null): Promise<number> {
  const isMeant = (entry: { certificate: X509Certificate }) =>
    fingerprint === null || entry.certificate.fingerprint256 === fingerprint;
  const meant = (await place.list()).filter(isMeant);
  for (const entry of meant) await place.remove(entry);
  const left = (await place.list()).filter(isMeant).length;
  if (left > 0)
    throw unusable(`${place.store} still holds ${left} of qbo's certificates.`, "To see more: qbo certs status");
  return meant.length;
}

/** The failure of one store, so that the others are done all the same. */
async function attempt(work: () => Promise<void>): Promise<QboError | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof QboError) return error;
    throw error;
  }
}
