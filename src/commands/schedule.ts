import { join } from "node:path";
import type { World } from "../core/world.ts";
import { rhythms, schedulers } from "../flows/schedule/job.ts";
import { planSchedule, type PlannedSchedule, type ScheduleOptions } from "../flows/schedule/schedule.ts";
import { defineCommand, type RawInput, type Style } from "./kit/command.ts";
import { appOption, environmentOption, readDuration, readOption, readWord, usage } from "./kit/options.ts";

interface Options extends ScheduleOptions {
  /** The folder to write into; absent for stdout. */
  output: string | undefined;
}

interface Printed extends PlannedSchedule {
  /** The files that were written. */
  written: string[];
}

export const scheduleCommand = defineCommand<Options, Printed>({
  name: "schedule",
  group: "Many connections",
  summary: "Print what keeps connections alive on a scheduler",
  description:
    "Prints the files that make systemd, cron, launchd, the Windows Task Scheduler or GitHub Actions refresh what would expire; how to install them is " +
    "told on stderr. Nothing is installed and no secret is in them. Combinations that cannot work are refused, with what to use instead.",
  options: [
    { flags: "--for <scheduler>", description: schedulers.join(", "), words: schedulers },
    { flags: "--every <rhythm>", description: "hourly, daily (unless given) or weekly", words: rhythms },
    { flags: "--expiring-within <duration>", description: "what counts as soon enough to refresh (30d)" },
    { flags: "--output <folder>", description: "write the files there instead of printing them" },
    environmentOption,
    appOption,
  ],
  examples: [
    ["qbo schedule --for systemd --output ~/.config/systemd/user", "a timer of your own"],
    ["(crontab -l; qbo schedule --for cron) | crontab -", "a line for cron"],
    ["qbo schedule --for github-actions --output .github/workflows", "with a team store"],
  ],
  read: readScheduleOptions,
  run: printSchedule,
  human: formatFiles,
  json: ({ scheduler, files, steps, conditions, written }) => ({ for: scheduler, files, steps, conditions, written }),
  isVerbatim: ({ written }) => written.length === 0,
});

function readScheduleOptions(raw: RawInput): Options {
  const scheduler = readWord(raw, "for", schedulers);
  if (scheduler === undefined) throw usage("Say for which scheduler.", `Give --for ${schedulers.join(", ")}`);
  readDuration(raw, "expiringWithin");
  return {
    scheduler,
    every: readWord(raw, "every", rhythms) ?? "daily",
    expiringWithin: readOption(raw, "expiringWithin") ?? "30d",
    choice: { environment: readOption(raw, "env"), app: readOption(raw, "app") },
    output: readOption(raw, "output"),
  };
}

async function printSchedule(world: World, { output, ...options }: Options): Promise<Printed> {
  const planned = await planSchedule(world, options);
  const written: string[] = [];
  if (output !== undefined) {
    const machine = await world.machine();
    for (const { name, text } of planned.files) {
      await machine.replaceFile(join(output, name), text);
      written.push(join(output, name));
    }
  }
  for (const condition of planned.conditions) world.notices.warn(condition);
  world.notices.inform(["To put it to work:", ...planned.steps.map((step) => `  ${step}`)].join("\n"));
  return { ...planned, written };
}

/** One file as it is; several with their places between them, as comments. */
function formatFiles({ files, written }: Printed, style: Style): string {
  if (written.length > 0) return written.map((path) => `${style.green("✓")} ${path}`).join("\n");
  const [only, ...others] = files;
  if (only && others.length === 0) return only.text.trimEnd();
  return files.map(({ name, folder, text }) => `# ${folder ?? "."}/${name}\n${text.trimEnd()}`).join("\n\n");
}
