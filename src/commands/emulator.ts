import type { World } from "../core/world.ts";
import {
  DEFAULT_COMPANY_COUNT,
  DEFAULT_EMULATOR_PORT,
  startEmulator,
  type EmulatorAnnouncement,
} from "../emulator/emulator.ts";
import { EmulatorError, type EmulatorErrorCode } from "../emulator/emulator-error.ts";
import { QboError, type ErrorCode } from "../core/errors.ts";
import { explainTakenPort } from "../flows/taken-port.ts";
import { defineCommand, type Output, type RawInput, type Style } from "./kit/command.ts";
import { formatFields, indent } from "./kit/fields.ts";
import { readNumber, readOption, readRepeated, readSwitch } from "./kit/options.ts";

export interface EmulatorCommandOptions {
  port: number;
  http: boolean;
  companies: number;
  latencyMs: number;
  autoApprove: boolean | string;
  stateFile: string | undefined;
  production: boolean;
  redirectUris: readonly string[];
}

export const emulatorCommand = defineCommand<EmulatorCommandOptions, void>({
  name: "emulator",
  group: "More",
  summary: "Run a local Intuit to develop and test against",
  description:
    "Speaks Intuit's addresses, shapes and rules on this machine, with companies, keys and a clock of its own; qbo --env emulator reaches it without " +
    "any configuration, and so can any other client. It is not Intuit, and says so in every answer. Ctrl-C ends it.",
  options: [
    { flags: "--port <port>", description: `the port (${DEFAULT_EMULATOR_PORT}; 0 for any free one)` },
    { flags: "--http", description: "plain http instead of https" },
    { flags: "--companies <n>", description: `how many companies there are (${DEFAULT_COMPANY_COUNT})` },
    { flags: "--latency <ms>", description: "how long each answer takes" },
    { flags: "--auto-approve [realmId]", description: "consent by itself, for the first company or this one" },
    { flags: "--state <file>", description: "keep everything in this file across restarts" },
    { flags: "--production", description: "Intuit's rules for production keys: https only, no localhost" },
    { flags: "--redirect-uri <uri>", description: "register one more redirect URI (repeatable)", isRepeatable: true },
  ],
  examples: [
    ["qbo emulator", "then, in another terminal: qbo login --env emulator"],
    ["qbo emulator --port 0 --auto-approve --json", "for tests of your own; the first line says where it listens"],
  ],
  read: readEmulatorOptions,
  run: serve,
  human: () => "",
  endsWhenInterrupted: true,
  json: () => undefined,
});

function readEmulatorOptions(raw: RawInput): EmulatorCommandOptions {
  const approve = raw.flags["autoApprove"];
  return {
    port: readNumber(raw, "port", { least: 0, most: 65_535 }) ?? DEFAULT_EMULATOR_PORT,
    http: readSwitch(raw, "http"),
    companies: readNumber(raw, "companies", { least: 1, most: 10_000 }) ?? DEFAULT_COMPANY_COUNT,
    latencyMs: readNumber(raw, "latency", { least: 0, most: 60_000 }) ?? 0,
    autoApprove: typeof approve === "string" ? approve : approve === true,
    stateFile: readOption(raw, "state"),
    production: readSwitch(raw, "production"),
    redirectUris: readRepeated(raw, "redirectUri"),
  };
}

async function serve(
  world: World,
  { http, stateFile, ...options }: EmulatorCommandOptions,
  output: Output,
): Promise<void> {
  const tls = http ? undefined : await (await world.certificates()).forEmulator();
  const emulator = await startEmulator({
    ...options,
    ...(tls ? { tls } : {}),
    ...(stateFile === undefined ? {} : { stateFile }),
  }).catch(async (error: unknown) => {
    if (!(error instanceof EmulatorError)) throw error;
    const explained = error.code === "PORT_IN_USE" && (await explainTakenPort(world, options.port, error));
    throw explained || translate(error);
  });
  try {
    const announcement = emulator.announcement();
    // Its keys open nothing but itself, and whoever starts it needs them.
    output.answer({
      json: () => announcement,
      human: (style) => formatBanner({ ...announcement, production: options.production }, style),
      isSecret: true,
    });
    await untilInterrupted(world.interruption);
  } finally {
    await emulator.close();
  }
}

/** The emulator is a house of its own, with failures of its own. */
const translations: Record<EmulatorErrorCode, readonly [code: ErrorCode, hint: string]> = {
  PORT_IN_USE: ["EMULATOR_UNUSABLE", "Choose another port: qbo emulator --port 0"],
  PORT_NOT_ALLOWED: ["EMULATOR_UNUSABLE", "Choose a port above 1023: qbo emulator --port 0"],
  CERTIFICATE_UNUSABLE: ["CERTIFICATE_UNUSABLE", "Try plain http: qbo emulator --http"],
  STATE_FILE_UNUSABLE: ["FILES_UNAVAILABLE", "Give another file with --state, or none."],
  REDIRECT_NOT_ALLOWED: ["USAGE", "Production keys need an https address that is not on this machine."],
  COMPANY_UNKNOWN: ["USAGE", "Give a realm ID that qbo emulator lists, or --auto-approve alone."],
};

function translate(error: EmulatorError): QboError {
  const [code, hint] = translations[error.code];
  return new QboError(code, error.message, { hint, cause: error });
}

function untilInterrupted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

type Started = EmulatorAnnouncement & Pick<EmulatorCommandOptions, "production">;

function formatBanner(
  { baseUrl, discoveryUrl, clientId, clientSecret, redirectUris, companies, production }: Started,
  style: Style,
): string {
  const port = new URL(baseUrl).port;
  const isUsual = baseUrl === `https://localhost:${DEFAULT_EMULATOR_PORT}`;
  const shown = companies.slice(0, 5).map(({ realmId, companyName }) => `${companyName} (${realmId})`);
  const rows = formatFields(
    [
      ["address", baseUrl],
      ["discovery", discoveryUrl],
      ["client ID", clientId],
      ["client secret", clientSecret],
      ...redirectUris.map((uri, index) => [index === 0 ? "redirect URIs" : "", uri] as const),
      ...shown.map((company, index) => [index === 0 ? "companies" : "", company] as const),
      ["", companies.length > shown.length ? `and ${companies.length - shown.length} more` : null],
    ],
    style,
  );
  const wayIn = production ? ` --redirect-uri ${redirectUris.at(-1)} --paste` : "";
  const prefix = isUsual ? "" : `QBO_EMULATOR_URL=${baseUrl} `;
  return [
    `${style.bold("qbo emulator")} is listening on port ${port}. It is not Intuit: its keys open nothing else.`,
    "",
    ...indent(rows),
    "",
    `In another terminal: ${style.cyan(`${prefix}qbo login --env emulator${wayIn}`)}`,
    style.dim("Ctrl-C ends it."),
  ].join("\n");
}
