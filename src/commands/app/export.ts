import { exportApp, tools, type AppChoice, type ExportedApp, type Tool } from "../../flows/app-export/app-export.ts";
import { defineCommand } from "../kit/command.ts";
import { appOption, environmentOption, readOption, readWord, usage } from "../kit/options.ts";

export interface AppExportOptions extends AppChoice {
  tool: Tool;
}

export const appExportCommand = defineCommand<AppExportOptions, ExportedApp & Pick<AppExportOptions, "tool">>({
  name: "app export",
  isVerbatim: true,
  group: "Setting up",
  summary: "Print what another tool needs to use the same client",
  description:
    "Prints the client ID, the redirect URI, the scopes and the addresses in the form that another tool reads. Tokens and the client secret are never in it: " +
    "where the tool needs the secret, its place is marked.",
  arguments: [{ name: "app", description: "name of the app" }],
  options: [{ flags: "--for <tool>", description: tools.join(", "), words: tools }, environmentOption, appOption],
  examples: [
    ["qbo app export --for dotenv > .env", "for a program of your own"],
    ["qbo app export production --for tableau", "the commands for Tableau Server"],
  ],
  read(raw) {
    const tool = readWord(raw, "for", tools);
    if (tool === undefined) throw usage("Nothing says which tool it is for.", `Add --for ${tools.join(", or ")}`);
    return { tool, app: raw.arguments[0] ?? readOption(raw, "app"), environment: readOption(raw, "env") };
  },
  run: async (world, { tool, ...choice }) => ({ tool, ...(await exportApp(world, choice, tool)) }),
  human: ({ text }) => text,
  json: ({ tool, app, settings, text }) => ({ for: tool, app, settings, text }),
});
