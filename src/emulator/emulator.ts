import { EMULATOR_CLIENT_ID, EMULATOR_CLIENT_SECRET } from "./state/apps.ts";
import type { Company } from "./state/companies.ts";
import { EmulatorError } from "./emulator-error.ts";
import { openListener } from "./http/listener.ts";
import type { Processing } from "./process-request.ts";
import { assertRegistrable, listDefaultRedirectUris } from "./state/redirect-uris.ts";
import { respondToNoise } from "./respond.ts";
import { serve } from "./serve.ts";
import type { SigningKey } from "./state/signing-key.ts";
import { generateSigningKey, importSigningKey } from "./state/signing-key.ts";
import { restoreSnapshot, takeSnapshot } from "./state/snapshot.ts";
import { createStateWriter, readStateFile } from "./state/state-file.ts";
import type { EmulatorState } from "./state/state.ts";
import { createState } from "./state/state.ts";

/** Where `qbo emulator` listens unless told otherwise. */
export const DEFAULT_EMULATOR_PORT = 9722;
export const DEFAULT_COMPANY_COUNT = 3;

export interface EmulatorOptions {
  /** 0 = any free port. */
  port: number;
  /** Present = https with this leaf; absent = plain http. */
  tls?: { certificatePem: string; keyPem: string };
  /** How many companies the invented person has. */
  companies: number;
  /** Added to each answer of the token, revocation and API endpoints. */
  latencyMs: number;
  /** `true`: consent is given at once for the first company; a realm ID: for that one. */
  autoApprove: boolean | string;
  /** Where grants, tokens and clock survive a restart. */
  stateFile?: string;
  /** Intuit's production rules: https redirect URIs only; localhost and IP addresses are refused. */
  production: boolean;
  /** Registered redirect URIs besides the well-known ones. */
  redirectUris: readonly string[];
  /** The RSA key (PKCS #8, PEM) for ID tokens; without one, and without one in the state file, a new one is made. */
  signingKeyPem?: string;
}

/** What a client needs to know to talk to the emulator. */
export interface EmulatorAnnouncement {
  baseUrl: string;
  discoveryUrl: string;
  clientId: string;
  clientSecret: string;
  redirectUris: string[];
  companies: Company[];
  /** The certificate to trust, as PEM; `null` over plain http. */
  certificate: string | null;
}

export interface Emulator {
  /** `https://localhost:<port>` or `http://localhost:<port>`. */
  readonly baseUrl: string;
  announcement(): EmulatorAnnouncement;
  /** Closes the port and ends every connection. Calling it again does no harm. */
  close(): Promise<void>;
}

/**
 * Starts a local stand-in for Intuit on loopback, on 127.0.0.1 and ::1.
 * Throws `EmulatorError` when it cannot start.
 */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const { state, save } = await prepareState(options);
  const closing = new AbortController();
  const processing: Processing = { latencyMs: options.latencyMs, save, signal: closing.signal };
  const listener = await openListener({
    port: options.port,
    tls: options.tls,
    answer: (message, response) => {
      // What goes wrong while an answer is sent ends its connection, never the emulator.
      serve(state, { message, response }, processing).catch(() => response.destroy());
    },
    answerNoise: respondToNoise,
  });
  state.baseUrl = `${options.tls === undefined ? "http" : "https"}://localhost:${listener.port}`;
  let closed: Promise<void> | undefined;
  return {
    baseUrl: state.baseUrl,
    announcement: () => announce(state, options.tls?.certificatePem ?? null),
    close: () => {
      closing.abort();
      closed ??= listener.close().then(save);
      return closed;
    },
  };
}

async function prepareState(options: EmulatorOptions): Promise<{ state: EmulatorState; save: () => Promise<void> }> {
  for (const uri of options.redirectUris) assertRegistrable(uri, options.production);
  const { stateFile } = options;
  const snapshot = stateFile === undefined ? undefined : await readStateFile(stateFile);
  const state = createState({
    companies: options.companies,
    autoApprove: options.autoApprove,
    isProduction: options.production,
    redirectUris: [...new Set([...listDefaultRedirectUris(options.production), ...options.redirectUris])],
    signingKey: await prepareSigningKey(snapshot?.signingKeyPem ?? options.signingKeyPem),
  });
  if (snapshot !== undefined) restoreSnapshot(state, snapshot);
  assertCompanyExists(state, options.autoApprove);
  if (stateFile === undefined) return { state, save: async () => undefined };
  const save = createStateWriter(stateFile, () => takeSnapshot(state));
  await save();
  return { state, save };
}

async function prepareSigningKey(pem: string | undefined): Promise<SigningKey> {
  return pem === undefined ? generateSigningKey() : importSigningKey(pem);
}

function assertCompanyExists(state: EmulatorState, autoApprove: boolean | string): void {
  if (typeof autoApprove !== "string" || state.companies.find(autoApprove) !== undefined) return;
  const known = state.companies
    .all()
    .slice(0, 10)
    .map((company) => company.realmId);
  throw new EmulatorError(
    "COMPANY_UNKNOWN",
    `There is no company ${autoApprove} here. The first are ${known.join(", ")}.`,
  );
}

function announce(state: EmulatorState, certificate: string | null): EmulatorAnnouncement {
  return {
    baseUrl: state.baseUrl,
    discoveryUrl: `${state.baseUrl}/.well-known/openid_configuration`,
    clientId: EMULATOR_CLIENT_ID,
    clientSecret: EMULATOR_CLIENT_SECRET,
    redirectUris: [...state.redirectUris],
    companies: state.companies.all(),
    certificate,
  };
}
