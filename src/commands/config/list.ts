import { listConfigEntries, type ConfigEntry } from "../../flows/config-entries.ts";
import { defineCommand, type Style } from "../kit/command.ts";
import { describeSetting, formatConfigValue } from "./entry.ts";

export const configListCommand = defineCommand<undefined, ConfigEntry[]>({
  name: "config list",
  group: "Setting up",
  summary: "Show every setting, its value and where it was set",
  description:
    "A flag wins over an environment variable, then come the project's file (.qbo.json), the user's, the machine's, and what is built in. " +
    "What a project's file says of clients and redirect URIs is marked: qbo login asks before it uses that. Secrets are never shown.",
  examples: [
    ["qbo config list", "everything"],
    ["qbo config list --json", "with file and line, for a script"],
  ],
  read: () => undefined,
  run: (world) => listConfigEntries(world),
  human: formatEntries,
  json: (entries) => ({
    settings: entries.map((entry) => ({ ...describeSetting(entry), needsYes: entry.isProposal })),
  }),
});

/** Characters beside key and value below which the source stands under them. */
const leastRoom = 24;

function formatEntries(entries: readonly ConfigEntry[], style: Style): string {
  const rows = entries.map((entry) => [
    entry.key,
    entry.value === null ? "-" : formatConfigValue(entry.value),
    `${entry.source}${entry.line === null ? "" : `:${entry.line}`}${entry.isProposal ? " (login asks first)" : ""}`,
  ]);
  const all = [["KEY", "VALUE", "SOURCE"], ...rows];
  const widths = [0, 1].map((column) => Math.min(48, Math.max(...all.map((row) => row[column]?.length ?? 0))));
  if (style.isTerminal && (widths[0] ?? 0) + (widths[1] ?? 0) + leastRoom > style.columns)
    return rows.map(([key, value, source]) => `${key}  ${value}\n    ${style.dim(source ?? "")}`).join("\n");
  const lines = all.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "));
  return lines.map((line, index) => (index === 0 ? style.dim(line) : line)).join("\n");
}
