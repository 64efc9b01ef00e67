import { quoteForShell } from "../../core/shell-word.ts";
/** What is to be run again and again, and when. */
export interface Job {
  /** The program and its arguments, each a word of its own. */
  command: readonly string[];
  /** Version of this program, for machines that install it anew. */
  version: string;
  every: Rhythm;
  /** A moment that differs from machine to machine, so that not all of them call at once. */
  moment: Moment;
  /** Variables that are no secrets, as they are set now. */
  environment: Readonly<Record<string, string>>;
  /** Names of variables that are set now and whose values are secret. */
  secrets: readonly string[];
  /** The file, readable by its owner only, that gives the secret ones their values. */
  secretsFile: string;
  home: string;
  /** Whether it is of use only while the user is logged in. */
  needsSession: boolean;
}

/** What can be asked to run something again and again. */
export const schedulers = ["systemd", "cron", "launchd", "task-scheduler", "github-actions"] as const;
export type Scheduler = (typeof schedulers)[number];

export const rhythms = ["hourly", "daily", "weekly"] as const;
export type Rhythm = (typeof rhythms)[number];

export interface Moment {
  minute: number;
  /** Between midnight and six in the morning. */
  hour: number;
  /** 0 is Sunday. */
  weekday: number;
}

/** A file to be installed. */
interface ScheduleFile {
  /** The usual name. */
  name: string;
  /** The folder where it takes effect, as a person writes it; null for wherever. */
  folder: string | null;
  text: string;
}

/** What a scheduler needs: its files, and what a person types to put them to work. */
export interface Schedule {
  files: ScheduleFile[];
  steps: string[];
}

export type ScheduleBuilder = (job: Job) => Schedule;

/** Seconds between two runs. */
export const rhythmSeconds: Readonly<Record<Rhythm, number>> = { hourly: 3600, daily: 86_400, weekly: 604_800 };

/** The five fields of cron (POSIX, crontab) for the job's rhythm. */
export function formatCron({ every, moment: { minute, hour, weekday } }: Pick<Job, "every" | "moment">): string {
  if (every === "hourly") return `${minute} * * * *`;
  return `${minute} ${hour} * * ${every === "weekly" ? weekday : "*"}`;
}

/** What a person does to give the secret variables their values; nothing when there are none. */
export function tellSecretsFile({ secrets, secretsFile }: Job): string[] {
  if (secrets.length === 0) return [];
  const path = quoteForShell(secretsFile);
  return [`install -m 600 /dev/null ${path}`, `\${EDITOR:-vi} ${path}   # lines ${secrets.join("=… and ")}=…`];
}
