import { QboError } from "../../core/errors.ts";
import { makePrintable } from "../../core/printable.ts";
import { listApps, type AppReport } from "../../flows/apps/apps.ts";
import { readSettings } from "../../flows/settings.ts";
import { defineCommand } from "../kit/command.ts";
import { describeApp } from "../kit/app-lines.ts";
import { appOption, environmentOption, readOption, usage } from "../kit/options.ts";

export interface AppShowOptions {
  name: string;
  environment: string | undefined;
}

export const appShowCommand = defineCommand<AppShowOptions, AppReport>({
  name: "app show",
  group: "Setting up",
  summary: "Show one OAuth client",
  arguments: [{ name: "app", description: "name of the app" }],
  options: [environmentOption, appOption],
  examples: [["qbo app show sandbox", "what is known of the app, but for its secret"]],
  read(raw) {
    const name = raw.arguments[0] ?? readOption(raw, "app") ?? readOption(raw, "env");
    if (name === undefined) throw usage("Nothing says which app is meant.", "Name one: qbo app list");
    return { name, environment: readOption(raw, "env") };
  },
  async run(world, { name, environment }) {
    const apps = await listApps(world, await readSettings(world, { environment }));
    const app = apps.find((candidate) => candidate.name === name);
    if (app) return app;
    throw new QboError("APP_NOT_CONFIGURED", `There is no app named ${makePrintable(name, 80)}.`, {
      hint: "List the apps: qbo app list",
    });
  },
  human: (app, style) => [style.bold(app.name), ...describeApp(app, style)].join("\n"),
  json: (app) => ({ app }),
});
