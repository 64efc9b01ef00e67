import { plainKeys } from "../../core/config-keys.ts";
import { changeConfig, type ConfigChange, type ConfigChanged } from "../../flows/change-config.ts";
import { defineCommand } from "../kit/command.ts";
import {
  describeOverride,
  describeSetting,
  formatConfigValue,
  layerOptions,
  readArgument,
  readLayer,
} from "./entry.ts";

export const configSetCommand = defineCommand<ConfigChange & { value: string }, ConfigChanged>({
  name: "config set",
  group: "Setting up",
  summary: "Change a setting in a configuration file",
  description:
    "Writes to your own file unless told otherwise, and leaves the rest of the file as it is. A value that cannot be is refused before anything " +
    "is written. Secrets never stand in a file: they go into the store with qbo app set --client-secret-stdin.",
  arguments: [
    { name: "key", description: "such as environment or apps.sandbox.redirectUri", isRequired: true, words: plainKeys },
    { name: "value", description: "the value; a list is separated by spaces", isRequired: true },
  ],
  options: layerOptions,
  examples: [
    ["qbo config set environment sandbox", "commands use the sandbox when none is named"],
    ["qbo config set connection acme --project", "in this project, acme is meant"],
    ["qbo config set apps.reports.redirectUri https://connect.example.com/callback", "a key of one app"],
  ],
  read: (raw) => ({
    key: readArgument(raw, 0, "key"),
    value: readArgument(raw, 1, "value"),
    layer: readLayer(raw),
  }),
  async run(world, change) {
    const changed = await changeConfig(world, change);
    const override = describeOverride(changed.file, changed.effective);
    if (override !== undefined && !isProposal(change)) world.notices.warn(override);
    if (isProposal(change)) world.notices.inform("qbo login asks before it uses that of a project's file.");
    return changed;
  },
  human: ({ file, effective }, style) =>
    `${style.green("✓")} Set ${style.bold(effective.key)}${effective.source === file ? ` to ${formatConfigValue(effective.value)}` : ""} in ${file}.`,
  json: ({ file, effective }) => ({ written: file, setting: describeSetting(effective) }),
});

function isProposal({ key, layer }: ConfigChange): boolean {
  return layer === "project" && (key === "redirectUri" || key.startsWith("apps."));
}
