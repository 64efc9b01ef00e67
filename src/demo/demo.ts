import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCertificates } from "../adapters/certificate/certificates.ts";
import { systemClock } from "../adapters/clock.ts";
import { createHttp } from "../adapters/http/http.ts";
import type { ExitCode } from "../core/errors.ts";
import type { DemoReport, DemoSetting } from "../core/world.ts";
import { startEmulator } from "../emulator/emulator.ts";
import { giveConsent } from "./consent.ts";
import { findFreePort } from "./free-port.ts";
import { openProgram, type Program } from "./program.ts";
import { createStage, type Stage } from "./stage.ts";

/**
 * Shows the whole job: the built program, as processes, against an emulator in this one, in a home that is removed at the end. Answers the
 * exit code: 0 only when every step did what it shows.
 */
export async function demo(setting: DemoSetting): Promise<DemoReport> {
  const home = await mkdtemp(join(tmpdir(), "qbo-demo-"));
  const stage = createStage(process.stdout, setting.isSilent);
  try {
    return { exitCode: await perform({ ...setting, home, stage }), steps: stage.steps };
  } finally {
    await rm(home, { recursive: true, force: true });
    stage.say("The throwaway home is removed; nothing is left behind.");
  }
}

async function perform({
  home,
  stage,
  browser,
  version,
  interruption,
}: DemoSetting & { home: string; stage: Stage }): Promise<ExitCode> {
  const certificates = createCertificates({ folder: join(home, "state", "certificates"), clock: systemClock });
  const redirectUri = `https://localhost:${await findFreePort()}/callback`;
  const leaf = await certificates.forEmulator();
  const emulator = await startEmulator({
    port: 0,
    tls: leaf,
    companies: 3,
    latencyMs: 0,
    autoApprove: !browser,
    production: false,
    redirectUris: [redirectUri],
  });
  try {
    const http = createHttp({ env: {}, version });
    const program = openProgram({
      home,
      emulatorUrl: emulator.baseUrl,
      redirectUri,
      interruption,
      isSilent: stage.isSilent,
    });
    const control = async (path: string, body?: unknown) => {
      const headers = { accept: "application/json", "content-type": "application/json" };
      const sent =
        body === undefined ? { method: "GET" as const } : { method: "POST" as const, body: JSON.stringify(body) };
      const answer = await http.send({
        ...sent,
        url: `${emulator.baseUrl}/_emulator/${path}`,
        headers,
        pinnedCertificate: leaf.certificatePem,
      });
      return answer.body;
    };
    stage.say(
      `A local Intuit (qbo emulator) listens on ${emulator.baseUrl}. It is not Intuit, and its keys open nothing else.`,
    );
    const consent = browser ? undefined : (address: string) => giveConsent(http, address, [leaf, certificates]);
    const steps = [
      () => signIn(stage, program, consent),
      () => showFacts(stage, program),
      () => showOneRefresh(stage, program, control),
      () => endConnection(stage, program),
    ];
    for (const step of steps) {
      const exitCode = await step();
      if (exitCode !== 0) return exitCode;
    }
    return 0;
  } finally {
    await emulator.close();
  }
}

async function signIn(
  stage: Stage,
  program: Program,
  consent: ((address: string) => Promise<void>) | undefined,
): Promise<ExitCode> {
  stage.announce("Sign a company in", "qbo login --env emulator");
  if (consent)
    stage.say(
      "Nobody needs to click: the demo consents by itself, where you would in your browser (qbo demo --browser).",
    );
  const args = ["login", "--env", "emulator", "--quiet", ...(consent ? ["--no-browser"] : [])];
  return program.show(args, consent ? { onAddress: consent } : {});
}

async function showFacts(stage: Stage, program: Program): Promise<ExitCode> {
  stage.announce("Hand a valid token to a script", "TOKEN=$(qbo token)");
  const token = await program.capture(["token"]);
  if (token.exitCode !== 0) return token.exitCode;
  stage.say(
    `${token.stdout.trim().slice(0, 24)}… (${token.stdout.trim().length} characters, and nothing else on stdout)`,
  );
  stage.announce("Look at the company behind it", "qbo companyinfo");
  const exitCode = await program.show(["companyinfo"]);
  if (exitCode !== 0) return exitCode;
  stage.announce("See how long everything lives", "qbo status");
  return program.show(["status"]);
}

/** Makes the emulator hand out a token that is nearly over, and lets two processes ask for a good one at the same moment. */
async function showOneRefresh(
  stage: Stage,
  program: Program,
  control: (path: string, body?: unknown) => Promise<string>,
): Promise<ExitCode> {
  stage.announce("Refresh", "qbo refresh");
  await control("policy", { accessTokenLifetimeSeconds: 120 });
  const exitCode = await program.show(["refresh"]);
  await control("policy", { accessTokenLifetimeSeconds: 3600 });
  if (exitCode !== 0) return exitCode;
  stage.announce("Two scripts at once, one refresh", "qbo token & qbo token & wait");
  stage.say("The emulator made that last token short-lived, so both of these need a new one:");
  const before = readRefreshCount(await control("state"));
  const tokens = await Promise.all([program.capture(["token"]), program.capture(["token"])]);
  const failed = tokens.find((token) => token.exitCode !== 0);
  if (failed) return failed.exitCode;
  const refreshes = readRefreshCount(await control("state")) - before;
  const isSame = tokens[0].stdout === tokens[1].stdout;
  stage.say(
    `${isSame ? "Both printed the same token" : "They printed different tokens"}; the emulator saw ${refreshes} ${refreshes === 1 ? "refresh" : "refreshes"}.`,
  );
  return isSame && refreshes === 1 ? 0 : 1;
}

async function endConnection(stage: Stage, program: Program): Promise<ExitCode> {
  stage.announce("End it, at Intuit and here", "qbo revoke --yes");
  return program.show(["revoke", "--yes", "--quiet"]);
}

function readRefreshCount(state: string): number {
  const value: unknown = JSON.parse(state);
  const counts: unknown = typeof value === "object" && value !== null ? Reflect.get(value, "counts") : undefined;
  const count: unknown = typeof counts === "object" && counts !== null ? Reflect.get(counts, "refreshes") : undefined;
  return typeof count === "number" ? count : Number.NaN;
}
