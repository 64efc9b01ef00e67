import { listApps, type AppReport } from "../../flows/apps/apps.ts";
import { readSettings } from "../../flows/settings.ts";
import { defineCommand } from "../kit/command.ts";
import { describeApp } from "../kit/app-lines.ts";
import { environmentOption, readOption } from "../kit/options.ts";

export const appListCommand = defineCommand<{ environment: string | undefined }, AppReport[]>({
  name: "app list",
  group: "Setting up",
  summary: "List the OAuth clients",
  description:
    "Lists configured apps, the one that environment variables make, and the emulator's. Secrets are never shown.",
  options: [environmentOption],
  examples: [["qbo app list", "every app"]],
  read: (raw) => ({ environment: readOption(raw, "env") }),
  async run(world, { environment }) {
    const apps = await listApps(world, await readSettings(world, { environment }));
    return apps.filter((app) => environment === undefined || app.environment === environment);
  },
  human: (apps, style) =>
    apps.length === 0
      ? "No apps. Add one: qbo app set --env sandbox --client-id <id>"
      : apps.map((app) => [style.bold(app.name), ...describeApp(app, style)].join("\n")).join("\n\n"),
  json: (apps) => ({ apps }),
});
