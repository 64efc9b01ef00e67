import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { formatStoreName, readStoreName } from "../../core/store-name.ts";
import type { World } from "../../core/world.ts";
import type { ConnectionChoice } from "../connections/choose-connection.ts";
import { listOwnConnections } from "../connections/list-connections.ts";
import { readSettings, type Settings } from "../settings.ts";
import { buildCron } from "./cron.ts";
import { assertOftenEnough, judgeFeasibility } from "./feasibility.ts";
import { buildWorkflow } from "./github-actions.ts";
import type { Job, Moment, Rhythm, Schedule, ScheduleBuilder, Scheduler } from "./job.ts";
import { buildLaunchd } from "./launchd.ts";
import { listStoreNeeds, type StoreNeed } from "./store-needs.ts";
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
  world: Pick<World, "env" | "configFiles" | "facts" | "clients" | "openStore" | "machine" | "platform" | "notices">,
  options: ScheduleOptions,
): Promise<PlannedSchedule> {
  const { scheduler } = options;
  assertOftenEnough(options.every, options.expiringWithin);
  const settings = await readSettings(world);
  // The team's connections are in a store that every scheduler reaches, even if this machine does not.
  const connections = await listOwnConnections(world, options.choice);
  const alive = connections.filter(({ disconnectedAt }) => disconnectedAt === null);
  const needs = await listStoreNeeds(world, alive, settings.store.value);
  const { needsSession, conditions } = judgeFeasibility(scheduler, needs);
  return {
    scheduler,
    conditions,
    ...builders[scheduler]({ ...(await buildJob(world, options, { settings, needs })), needsSession }),
  };
}

async function buildJob(
  world: Pick<World, "env" | "configFiles" | "machine" | "platform">,
  { scheduler, every, expiringWithin, choice }: ScheduleOptions,
  { settings, needs }: { settings: Pick<Settings, "store">; needs: readonly StoreNeed[] },
): Promise<Omit<Job, "needsSession">> {
  // As they narrow what this command, and a run by hand, is about.
  const { environment = world.env["QBO_ENV"] || undefined, app = world.env["QBO_APP"] || undefined } = choice;
  const words = ["refresh", "--all", "--expiring-within", expiringWithin.trim(), "--no-input", "--no-color"];
  if (environment !== undefined) words.push("--env", environment);
  if (app !== undefined) words.push("--app", app);
  return {
    command: [...(await world.machine()).findProgram(), ...words],
    version: world.platform.version,
    every,
    moment: chooseMoment(world.platform.hostname),
    ...divideVariables(world.env, {
      isTeam: readStoreName(settings.store.value)?.kind === "postgres",
      isHosted: scheduler === "github-actions",
      // Windows gives a task the path of its user.
      hasHelper: scheduler !== "task-scheduler" && needs.some(({ kind }) => kind === "helper"),
      hasGivenKey: needs.some(({ key }) => key === "environment"),
    }),
    secretsFile: join(dirname(world.configFiles.userPath), "schedule.env"),
    home: world.env["HOME"] ?? "~",
  };
}

/** Variables that change what `qbo refresh` does. */
const telling = [
  "QBO_CONFIG_DIR",
  "QBO_STATE_DIR",
  "XDG_CONFIG_HOME",
  "XDG_STATE_HOME",
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

interface Surroundings {
  /** Whether a team store is the chosen one. */
  isTeam: boolean;
  /** Whether the job runs on a machine that has none of this one's files. */
  isHosted: boolean;
  /** Whether a program is looked for in PATH, which is another one in a scheduler. */
  hasHelper: boolean;
  /** Whether a store was sealed with QBO_STORE_KEY. */
  hasGivenKey: boolean;
}

function divideVariables(
  env: World["env"],
  { isTeam, isHosted, hasHelper, hasGivenKey }: Surroundings,
): Pick<Job, "environment" | "secrets"> {
  const store = readStoreName(env["QBO_STORE"] ?? "");
  const holdsPassword = store?.kind === "postgres" && store.address !== undefined;
  const known = [...telling, ...(hasHelper ? ["PATH"] : []), spellProxy(env, "NO_PROXY")].flatMap((name) => {
    const value = env[name];
    if (value === undefined || value === "" || (name === "QBO_STORE" && holdsPassword)) return [];
    return [[name, name === "QBO_STORE" ? formatStoreName(value) : value] as const];
  });
  // The address of a proxy may hold a password.
  const hidden = [...secret, spellProxy(env, "HTTPS_PROXY"), spellProxy(env, "HTTP_PROXY")];
  // Whether or not the variable is set at this moment: these stores open with nothing else.
  const needed = new Set([
    ...(isTeam || hasGivenKey ? ["QBO_STORE_KEY"] : []),
    ...(isHosted && !holdsPassword ? ["PGPASSWORD"] : []),
  ]);
  return {
    environment: Object.fromEntries(known),
    secrets: [...hidden.filter((name) => env[name] || needed.has(name)), ...(holdsPassword ? ["QBO_STORE"] : [])],
  };
}

/** The same on one machine each time, another on the next one. */
function chooseMoment(hostname: string): Moment {
  const bytes = createHash("sha256").update(hostname).digest();
  return { minute: bytes.readUInt8(0) % 60, hour: bytes.readUInt8(1) % 6, weekday: bytes.readUInt8(2) % 7 };
}
