import { QboError } from "../../core/errors.ts";
import { makePrintable } from "../../core/printable.ts";
import type { World } from "../../core/world.ts";
import { listApps, type AppReport } from "../apps/apps.ts";
import { resolveEnvironment } from "../environments/resolve-environment.ts";
import { readSettings } from "../settings.ts";
import { writeDotenv } from "./dotenv.ts";
import { writeGithubActions } from "./github-actions.ts";
import { writePostman } from "./postman.ts";
import { writePython } from "./python.ts";
import { writeTableau } from "./tableau.ts";
import type { ToolSettings, ToolSource } from "./tool-settings.ts";

export const tools = ["dotenv", "tableau", "postman", "python", "github-actions"] as const;
export type Tool = (typeof tools)[number];

const writers: Readonly<Record<Tool, (source: ToolSource) => ToolSettings>> = {
  dotenv: writeDotenv,
  tableau: writeTableau,
  postman: writePostman,
  python: writePython,
  "github-actions": writeGithubActions,
};

type Doors = Pick<
  World,
  "env" | "configFiles" | "facts" | "clients" | "openStore" | "http" | "certificates" | "interruption"
>;

export interface AppChoice {
  app?: string | undefined;
  environment?: string | undefined;
}

export interface ExportedApp extends ToolSettings {
  app: AppReport;
}

/**
 * What another tool needs to use the same OAuth client. Tokens and secrets are never in it.
 * @throws APP_NOT_CONFIGURED when there is no such app, USAGE when several fit, CONFIG_INVALID when a value cannot be written.
 */
export async function exportApp(world: Doors, choice: AppChoice, tool: Tool): Promise<ExportedApp> {
  const settings = await readSettings(world, choice);
  const app = chooseApp(await listApps(world, settings), {
    app: settings.app?.value,
    environment: settings.environment?.value,
  });
  const environment = await resolveEnvironment(world, settings, app.environment);
  for (const value of [app.clientId, app.redirectUri, ...app.scopes]) assertOneLine(value);
  return { app, ...writers[tool]({ app, environment }) };
}

function chooseApp(apps: readonly AppReport[], { app, environment }: AppChoice): AppReport {
  const fitting = apps.filter(
    (candidate) =>
      (app === undefined || candidate.name === app) &&
      (environment === undefined || candidate.environment === environment),
  );
  // The emulator's own is always there: it is meant only when it is named, or when there is nothing else.
  const own = fitting.filter(({ source }) => source !== "built-in");
  const [only, another] = own.length > 0 ? own : fitting;
  if (!only) {
    throw new QboError(
      "APP_NOT_CONFIGURED",
      `There is no app${app === undefined ? "" : ` named ${makePrintable(app, 80)}`}${environment === undefined ? "" : ` for ${makePrintable(environment, 80)}`}.`,
      {
        hint: "List the apps: qbo app list",
      },
    );
  }
  if (!another || another.name === only.name) return only;
  throw new QboError("USAGE", `Several apps fit: ${own.map(({ name }) => name).join(", ")}.`, {
    hint: `Name one: --app ${only.name}`,
  });
}

/** No tool's file has a place for a second line, and a person would not see it. */
function assertOneLine(value: string): void {
  if (/^[\x20-\x7e]*$/.test(value)) return;
  throw new QboError(
    "CONFIG_INVALID",
    `${makePrintable(value, 120)} holds characters that cannot be handed to another program.`,
    { hint: "Correct the app: qbo app set" },
  );
}
