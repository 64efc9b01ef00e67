import type { ConfigEntry } from "../../flows/config-entries.ts";
import type { ConfigLayer } from "../../core/config.ts";
import type { OptionSpec, RawInput } from "../kit/command.ts";
import { readSwitch, usage } from "../kit/options.ts";

/** A value as it is typed again for `config set`: lists are separated by spaces. */
export function formatConfigValue(value: ConfigEntry["value"]): string {
  return Array.isArray(value) ? value.join(" ") : value === null ? "" : String(value);
}

/** A setting as scripts read it. */
export function describeSetting({ key, value, source, file, line }: ConfigEntry): Omit<ConfigEntry, "isProposal"> {
  return { key, value, source, file, line };
}

/** Which file a change goes to. */
export const layerOptions: readonly OptionSpec[] = [
  { flags: "--project", description: "in the project's file, .qbo.json, instead of your own" },
  { flags: "--system", description: "in the machine's file, for all users" },
];

/** The file that a change goes to: the user's, unless another is chosen. Throws USAGE for both. */
export function readLayer(raw: RawInput): ConfigLayer {
  const [project, system] = [readSwitch(raw, "project"), readSwitch(raw, "system")];
  if (project && system) throw usage("--project and --system exclude each other.");
  return project ? "project" : system ? "system" : "user";
}

/** A word that must be there. */
export function readArgument(raw: RawInput, index: number, what: string): string {
  const value = raw.arguments[index];
  if (value === undefined) throw usage(`The ${what} is missing.`);
  return value;
}

/** What to say when something nearer keeps the change from being seen; undefined when nothing does. */
export function describeOverride(file: string, { key, value, source }: ConfigEntry): string | undefined {
  if (value === null || source === file || source === "built-in") return undefined;
  return `${key} is ${formatConfigValue(value)} all the same: ${source} says so.`;
}
