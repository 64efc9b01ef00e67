import { plainKeys } from "../../core/config-keys.ts";
import type { ExitCode } from "../../core/errors.ts";
import type { ConfigEntry } from "../../flows/config-entries.ts";
import { findConfigEntry } from "../../flows/change-config.ts";
import { defineCommand } from "../kit/command.ts";
import { describeSetting, formatConfigValue, readArgument } from "./entry.ts";

export const configGetCommand = defineCommand<{ key: string }, ConfigEntry>({
  name: "config get",
  group: "Setting up",
  summary: "Print the value of one setting as it applies now",
  description:
    "Prints the value and nothing else; a list is separated by spaces. For a setting without a value it prints nothing and ends with exit 3.",
  arguments: [
    { name: "key", description: "such as environment or apps.sandbox.clientId", isRequired: true, words: plainKeys },
  ],
  examples: [["qbo config get environment", "which environment commands use when none is named"]],
  read: (raw) => ({ key: readArgument(raw, 0, "key") }),
  async run(world, { key }) {
    const entry = await findConfigEntry(world, key);
    if (entry.value === null) world.notices.inform(`${key} is not set.`);
    return entry;
  },
  human: ({ value }) => formatConfigValue(value),
  json: describeSetting,
  exitCode: ({ value }): ExitCode => (value === null ? 3 : 0),
  isVerbatim: true,
});
