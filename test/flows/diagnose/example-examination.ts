import type { ConnectionFacts } from "../../../src/core/connection.ts";
import { day, hour } from "../../../src/core/instant.ts";
import type { Machine } from "../../../src/core/machine.ts";
import { Secret } from "../../../src/core/secret.ts";
import type { Tokens } from "../../../src/core/tokens.ts";
import { buildCompanyInfoUrl } from "../../../src/intuit/company-info.ts";
import { intuitEnvironments } from "../../../src/intuit/environments.ts";
import { checks } from "../../../src/flows/diagnose/checks.ts";
import type { Examination, Reply } from "../../../src/flows/diagnose/examination.ts";
import type { CheckResult } from "../../../src/flows/diagnose/check-result.ts";
import { readSettings, type Settings } from "../../../src/flows/settings.ts";
import { exampleFacts } from "../../core/example-facts.ts";
import { createShutWorld } from "../../world/shut-world.ts";

/** A healthy connection of the sandbox, to which a test does what it wants. Nothing outside is touched. */

export const now = Date.parse("2026-06-01T12:00:00Z");

export const facts: ConnectionFacts = {
  ...exampleFacts,
  endpoints: intuitEnvironments.sandbox.endpoints,
  rejection: null,
  disconnectedAt: null,
  tokens: { ...exampleFacts.tokens, refreshTokenExpiresAt: now + 90 * day, hardExpiresAt: now + 900 * day },
};

export const tokens: Tokens = {
  generation: 3,
  accessToken: { secret: new Secret("access"), expiresAt: now + hour },
  refreshToken: { secret: new Secret("refresh"), expiresAt: now + 90 * day, rotatedAt: now, hardExpiresAt: null },
};

export const nothingOdd: Machine = {
  inspectLock: async () => undefined,
  inspectCertificate: async () => ({ kind: "none" }),
  listExposedPaths: async () => [],
  closePath: async () => undefined,
  findPortHolder: async () => undefined,
  inspectExtraAuthorities: () => null,
  findProxy: () => null,
  listHiddenConnections: async () => [],
  findProgram: () => ["node", "qbo"],
  assertFolderFor: async () => undefined,
  assertNewFile: async () => undefined,
  writeNewFile: async () => undefined,
  replaceFile: async () => undefined,
};

export interface Circumstances {
  env?: Record<string, string>;
  machine?: Partial<Machine>;
  /** What each address answers: a status and a body. Others cannot be reached. */
  answers?: Record<string, readonly [status: number, body: object]>;
  settings?: Partial<Settings>;
  skew?: number;
}

export const companyUrl = buildCompanyInfoUrl(facts.endpoints.api, facts.realmId);
export const fault = (code: string) => ({ Fault: { Error: [{ code, Message: "no" }], type: "f" } });

/** Runs one check; answers its result and every address that it asked. */
export async function runCheck(
  id: string,
  { env = {}, machine = {}, answers = {}, settings = {}, skew = 0 }: Circumstances = {},
  changes: Partial<Examination> = {},
): Promise<CheckResult & { asked: string[] }> {
  const check = checks.find((candidate) => candidate.id === id);
  if (!check) throw new Error(`no check ${id}`);
  const configFiles = {
    userPath: "config.json",
    readLayers: async () => [],
    readUser: async () => undefined,
    setUser: async () => undefined,
    set: async () => "config.json",
    findLine: async () => null,
  };
  const asked: string[] = [];
  const world = createShutWorld({
    env,
    configFiles,
    platform: { os: "linux", hostname: "here", pid: 7, version: "1.2.3" },
    clients: { read: async () => undefined, write: async () => undefined, remove: async () => undefined },
    machine: async () => ({ ...nothingOdd, ...machine }),
  });
  const ask = async (url: string): Promise<Reply> => {
    asked.push(url);
    const found = answers[url];
    if (!found)
      return { kind: "unreachable", reason: `${new URL(url).host} could not be reached.`, part: "connection" };
    const [status, body] = found;
    return {
      kind: "answer",
      answer: { status, headers: {}, body: JSON.stringify(body) },
      sentAt: now,
      receivedAt: now,
    };
  };
  const result = await check.run({
    world,
    now,
    facts,
    environment: intuitEnvironments.sandbox,
    settings: { ...(await readSettings(world)), ...settings },
    app: {
      name: "sandbox",
      clientId: facts.clientId,
      redirectUri: "https://localhost:8722/callback",
      scopes: facts.scopes,
      own: undefined,
    },
    events: [],
    trouble: undefined,
    fault: undefined,
    known: [facts],
    damaged: [],
    isOffline: false,
    subject: {
      connection: facts.name,
      realmId: facts.realmId,
      environment: facts.environment,
      clientId: facts.clientId,
      redirectUri: "https://localhost:8722/callback",
    },
    isRejected: false,
    loadTokens: async () => tokens,
    ask,
    measureSkew: async () => skew,
    once: (_, work) => work(),
    ...changes,
  });
  return { ...result, asked };
}

/** A result in one line: status, and what it speaks for. */
export function tell({ status, findings }: CheckResult): string {
  return [status, ...findings.map(({ cause, confidence }) => `${cause} ${confidence}`)].join(", ");
}
