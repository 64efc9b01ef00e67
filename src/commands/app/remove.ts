import { QboError } from "../../core/errors.ts";
import type { World } from "../../core/world.ts";
import { removeApp } from "../../flows/apps/manage-apps.ts";
import { defineCommand, type RawInput } from "../kit/command.ts";
import { appOption, readOption, readSwitch, usage } from "../kit/options.ts";

export interface AppRemoveOptions {
  name: string;
  yes: boolean;
}

export const appRemoveCommand = defineCommand<AppRemoveOptions, { name: string; removed: boolean }>({
  name: "app remove",
  group: "Setting up",
  summary: "Remove an OAuth client from the configuration",
  description: "Its secret is removed as well, unless a connection still needs it.",
  arguments: [{ name: "app", description: "name of the app" }],
  options: [appOption, { flags: "--yes", description: "do not ask; needed where nobody can be asked" }],
  examples: [["qbo app remove sandbox", "asks first, at a terminal"]],
  read: readAppRemoveOptions,
  run: remove,
  human: ({ name }, style) => `${style.green("✓")} Removed the app ${name}.`,
  json: (result) => result,
});

function readAppRemoveOptions(raw: RawInput): AppRemoveOptions {
  const name = raw.arguments[0] ?? readOption(raw, "app");
  if (name === undefined) throw usage("Nothing says which app is meant.", "Name one: qbo app list");
  return { name, yes: readSwitch(raw, "yes") };
}

async function remove(world: World, { name, yes }: AppRemoveOptions): Promise<{ name: string; removed: boolean }> {
  if (!yes) {
    if (!world.prompter.canAsk)
      throw new QboError(
        "INPUT_REQUIRED",
        "Removing an app cannot be undone, and nobody can be asked whether it is meant.",
        { hint: "Add --yes" },
      );
    if (!(await world.prompter.confirm(`Remove the app ${name}?`)))
      throw new QboError("CANCELLED", "Nothing was removed.");
  }
  await removeApp(world, name);
  return { name, removed: true };
}
