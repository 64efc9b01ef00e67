import { plainKeys } from "../../core/config-keys.ts";
import { changeConfig, type ConfigChange, type ConfigChanged } from "../../flows/change-config.ts";
import { defineCommand } from "../kit/command.ts";
import { describeOverride, describeSetting, layerOptions, readArgument, readLayer } from "./entry.ts";

export const configUnsetCommand = defineCommand<ConfigChange, ConfigChanged>({
  name: "config unset",
  group: "Setting up",
  summary: "Take a setting out of a configuration file",
  description:
    "Takes it out of your own file unless told otherwise; what another file or a variable says applies then. Where it was not set, nothing changes.",
  arguments: [
    { name: "key", description: "such as connection or apps.sandbox.scopes", isRequired: true, words: plainKeys },
  ],
  options: layerOptions,
  examples: [
    ["qbo config unset connection", "no connection is the default any more"],
    ["qbo config unset environment --project", "in the project's file"],
  ],
  read: (raw) => ({ key: readArgument(raw, 0, "key"), value: undefined, layer: readLayer(raw) }),
  async run(world, change) {
    const changed = await changeConfig(world, change);
    const override = describeOverride(changed.file, changed.effective);
    if (override !== undefined) world.notices.inform(override);
    return changed;
  },
  human: ({ file, effective }, style) => `${style.green("✓")} ${style.bold(effective.key)} is not set in ${file}.`,
  json: ({ file, effective }) => ({ written: file, setting: describeSetting(effective) }),
});
