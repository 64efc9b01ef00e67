import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { formatStoreName, readStoreName } from "../../core/store-name.ts";
import type { World } from "../../core/world.ts";
import type { ConnectionChoice } from "../connections/choose-connection.ts";
import { listConnections } from "../connections/list-connections.ts";
import { readSettings, type Settings } from "../settings.ts";
import { buildCron } from "./cron.ts";
import { judgeFeasibility } from "./feasibility.ts";
import { buildWorkflow } from "./github-actions.ts";
import type { Job, Moment, Rhythm, Schedule, ScheduleBuilder, Scheduler } from "./job.ts";
import { buildLaunchd } from "./launchd.ts";
import { buildSystemd } from "./systemd.ts";
import { buildTask } from "./task-scheduler.ts";

const builders: Readonly<Record<Scheduler, ScheduleBuilder>> = {
  systemd: buildSystemd,
  cron: buildCron,
  launchd: buildLaunchd,
  "task-scheduler": buildTask,
  "github-actions": buildWorkflow,
};

export interface ScheduleOptions {
  scheduler: Scheduler;
  every: Rhythm;
  /** As `refresh --expiring-within` takes it. */
  expiringWithin: string;
  choice: Omit<ConnectionChoice, "connection">;
}

export interface PlannedSchedule extends Schedule {
  scheduler: Scheduler;
  /** What a person should know about it. */
  conditions: string[];
}

/**
 * What keeps the connections alive on a scheduler: its files, without any secret, and how to put them to work.
 * @throws CONFIG_INVALID for a combination that cannot work.
 */
export async function planSchedule(
  world: Pick<World, "env" | "configFiles" | "facts" | "machine" | "platform" | "notices">,
  options: ScheduleOptions,
): Promise<PlannedSchedule> {
  const { scheduler } = options;
  const settings = await readSettings(world);
  // The team's connections are in a store that every scheduler reaches, even if this machine does not.
  const survey = () => world.facts.surveyHere?.() ?? world.facts.survey();
  const connections = await listConnections({ ...world, facts: { ...world.facts, survey } }, options.choice);
  const needs = connections
    .filter(({ disconnectedAt }) => disconnectedAt === null)
    .map(({ name, store }) => ({ connection: name, store }));
  const { needsSession, conditions } = judgeFeasibility(
    scheduler,
    needs.length > 0 ? needs : [{ connection: null, store: settings.store.value }],
  );
  return {
    scheduler,
    conditions,
    ...builders[scheduler]({ ...(await buildJob(world, options, settings)), needsSession }),
  };
}

async function buildJob(
  world: Pick<World, "env" | "configFiles" | "machine" | "platform">,
  { every, expiringWithin, choice }: ScheduleOptions,
  settings: Pick<Settings, "store">,
): Promise<Omit<Job, "needsSession">> {
  const { environment, app } = choice;
  const words = ["refresh", "--all", "--expiring-within", expiringWithin, "--no-input", "--no-color"];
  if (environment !== undefined) words.push("--env", environment);
  if (app !== undefined) words.push("--app", app);
  return {
    command: [...(await world.machine()).findProgram(), ...words],
    version: world.platform.version,
    every,
    moment: chooseMoment(world.platform.hostname),
    ...divideVariables(world.env, settings.store.value),
    secretsFile: join(dirname(world.configFiles.userPath), "schedule.env"),
    home: world.env["HOME"] ?? "~",
  };
}

/** Variables that change what `qbo refresh` does. */
const telling = [
  "QBO_CONFIG_DIR",
  "QBO_STATE_DIR",
  "QBO_STORE",
  "QBO_EMULATOR_URL",
  "QBO_CLIENT_ID",
  "PGPASSFILE",
  "NODE_EXTRA_CA_CERTS",
];
const secret = ["QBO_STORE_KEY", "QBO_CLIENT_SECRET", "PGPASSWORD"];

/** A variable about proxies in the spelling that counts: in lower case wherever that is set, as for the requests themselves. */
function spellProxy(env: World["env"], name: "HTTPS_PROXY" | "HTTP_PROXY" | "NO_PROXY"): string {
  return env[name.toLowerCase()] === undefined ? name : name.toLowerCase();
}

function divideVariables(env: World["env"], chosen: string): Pick<Job, "environment" | "secrets"> {
  const store = readStoreName(env["QBO_STORE"] ?? "");
  const holdsPassword = store?.kind === "postgres" && store.address !== undefined;
  const known = [...telling, spellProxy(env, "NO_PROXY")].flatMap((name) => {
    const value = env[name];
    if (value === undefined || value === "" || (name === "QBO_STORE" && holdsPassword)) return [];
    return [[name, name === "QBO_STORE" ? formatStoreName(value) : value] as const];
  });
  // The address of a proxy may hold a password.
  const hidden = [...secret, spellProxy(env, "HTTPS_PROXY"), spellProxy(env, "HTTP_PROXY")];
  // A team store opens with nothing else, whether or not the variable is set at this moment.
  const isNeeded = (name: string) => name === "QBO_STORE_KEY" && readStoreName(chosen)?.kind === "postgres";
  return {
    environment: Object.fromEntries(known),
    secrets: [...hidden.filter((name) => env[name] || isNeeded(name)), ...(holdsPassword ? ["QBO_STORE"] : [])],
  };
}

/** The same on one machine each time, another on the next one. */
function chooseMoment(hostname: string): Moment {
  const bytes = createHash("sha256").update(hostname).digest();
  return { minute: bytes.readUInt8(0) % 60, hour: bytes.readUInt8(1) % 6, weekday: bytes.readUInt8(2) % 7 };
}
