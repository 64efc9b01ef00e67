import type { ConnectionFacts } from "../../core/connection.ts";
import type { Environment } from "../../core/environment.ts";
import { QboError } from "../../core/errors.ts";
import { AnswerLost, NotSent, type FailedPart } from "../../core/failures.ts";
import { fingerprint } from "../../core/fingerprint.ts";
import type { HttpRequest } from "../../core/http.ts";
import type { JournalEvent } from "../../core/journal-event.ts";
import type { DamagedFacts } from "../../core/store-ports.ts";
import type { Tokens } from "../../core/tokens.ts";
import { defaultScopes } from "../../intuit/scopes.ts";
import { emulatorClient } from "../../intuit/environments.ts";
import { formatBearerAuthorization } from "../../oauth/client.ts";
import { findRedirectUri } from "../apps/apps.ts";
import { openChannel } from "../channel.ts";
import { listNearestApps } from "../config-layers.ts";
import { findAppConfig, withProject, type Settings } from "../settings.ts";
import type { AppSetting, DoctorDoors, Examination, Reply } from "./examination.ts";
import { wasRejected } from "../causes/journal-answers.ts";

/** What is known before anything is looked at. */
export interface Patient {
  facts: ConnectionFacts | undefined;
  environment: Environment | undefined;
  settings: Settings;
  events: readonly JournalEvent[];
  known: readonly ConnectionFacts[];
  damaged: readonly DamagedFacts[];
  trouble: QboError | undefined;
  /** Why the settings, or the environment of a sign-in, cannot be used. */
  fault: QboError | undefined;
  /** The name of the connection whose record is damaged, when that is the one to look at. */
  damagedName: string | null;
  isOffline: boolean;
  /** Shared by all examinations of a run. */
  memory: Map<string, Promise<unknown>>;
}

/** Begins to look at a connection, or at the machine. */
export function openExamination(world: DoctorDoors, patient: Patient): Examination {
  const { facts, environment, settings, events, memory } = patient;
  const app = readAppSetting(withProject(settings), facts, environment);
  const own = new Map<string, Promise<unknown>>();
  const loadTokens = () => remember(own, "tokens", () => load(world, facts));
  const ask = (url: string, isAuthorized = false) =>
    remember(isAuthorized ? own : memory, `ask ${url}`, async () => {
      const token = isAuthorized ? (await loadTokens())?.accessToken?.secret : undefined;
      const authorization = token ? { authorization: formatBearerAuthorization(token) } : {};
      const headers = { accept: "application/json", ...authorization };
      return send(world, environment?.name ?? "", { method: "GET", url, headers });
    });
  return {
    ...patient,
    world,
    app,
    now: world.clock.now(),
    subject: {
      connection: facts?.name ?? patient.damagedName,
      realmId: facts?.realmId ?? null,
      environment: environment?.name ?? null,
      clientId: facts?.clientId ?? app?.clientId ?? null,
      redirectUri: app?.redirectUri ?? null,
    },
    isRejected: facts !== undefined && (facts.rejection !== null || wasRejected(events, facts.id)),
    loadTokens,
    ask,
    measureSkew: async () => (environment ? readSkew(await ask(environment.endpoints.jwks)) : undefined),
    once: (key, work) => remember(memory, key, work),
  };
}

/** Fingerprint of the stored refresh token, by the store or, when that cannot be read, by the facts. */
export async function findStoredFingerprint({ facts, loadTokens }: Examination): Promise<string | null> {
  if (!facts || facts.disconnectedAt !== null) return null;
  try {
    const tokens = await loadTokens();
    return tokens ? fingerprint(tokens.refreshToken.secret) : null;
  } catch (error) {
    if (!(error instanceof QboError)) throw error;
    return facts.tokens.refreshTokenFingerprint;
  }
}

async function load(world: DoctorDoors, facts: ConnectionFacts | undefined): Promise<Tokens | undefined> {
  if (!facts || facts.disconnectedAt !== null) return undefined;
  return (await world.openStore(facts.store)).load(facts.id);
}

/** The app of a connection, or the one that a sign-in would use; nothing of it is judged. */
function readAppSetting(
  settings: Settings,
  facts: ConnectionFacts | undefined,
  environment: Environment | undefined,
): AppSetting | undefined {
  if (!facts && !environment && !settings.app) return undefined;
  const name = facts?.app ?? settings.app?.value ?? guessApp(settings, environment?.name ?? "");
  const own = findAppConfig(settings, name);
  const builtIn = name === "emulator" ? emulatorClient.id : null;
  return {
    name,
    own,
    clientId: (facts ? undefined : settings.clientId?.value) ?? own?.clientId ?? builtIn,
    redirectUri: findRedirectUri(settings, name),
    scopes: settings.scopes?.value ?? own?.scopes ?? defaultScopes,
  };
}

/** Which of several a sign-in would mean, it says itself. */
function guessApp(settings: Settings, environment: string): string {
  return listNearestApps(settings, environment)[0] ?? environment;
}

async function send(world: DoctorDoors, environment: string, request: HttpRequest): Promise<Reply> {
  const sentAt = world.clock.now();
  try {
    const channel = await openChannel(world, environment);
    const answer = await channel.send({ ...request, signal: world.interruption });
    return { kind: "answer", answer, sentAt, receivedAt: world.clock.now() };
  } catch (error) {
    const isKnown = error instanceof NotSent || error instanceof AnswerLost;
    if (!isKnown && (!(error instanceof QboError) || error.code === "CANCELLED")) throw error;
    return { kind: "unreachable", reason: error.message, part: findPart(error) };
  }
}

function findPart(error: Error): FailedPart {
  if (error instanceof NotSent) return error.part;
  return error instanceof QboError && error.code === "CONFIG_INVALID" ? "settings" : "unknown";
}

/** By the Date header (RFC 9110, section 6.6.1), which has whole seconds. */
function readSkew(reply: Reply): number | undefined {
  if (reply.kind === "unreachable") return undefined;
  const told = Date.parse(reply.answer.headers["date"] ?? "");
  return Number.isNaN(told) ? undefined : told - (reply.sentAt + reply.receivedAt) / 2;
}

/** What was begun under the key, which always stands for the same kind of answer. */
function remember<T>(memory: Map<string, Promise<unknown>>, key: string, work: () => Promise<T>): Promise<T>;
function remember(memory: Map<string, Promise<unknown>>, key: string, work: () => Promise<unknown>) {
  const known = memory.get(key) ?? work();
  memory.set(key, known);
  return known;
}
