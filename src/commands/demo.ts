import type { DemoOptions, DemoReport } from "../core/world.ts";
import { defineCommand } from "./kit/command.ts";
import { readSwitch } from "./kit/options.ts";

export const demoCommand = defineCommand<DemoOptions, DemoReport>({
  name: "demo",
  group: "More",
  summary: "See the whole job done against a local Intuit",
  description:
    "Starts an emulator, signs in, shows token, company and status, refreshes, lets two processes ask at once, revokes, and leaves nothing behind. " +
    "It consents by itself; with --browser your browser opens and you do.",
  options: [{ flags: "--browser", description: "open a real browser for the consent" }],
  examples: [["qbo demo", "about ten seconds, without an account"]],
  read: (raw) => ({ browser: readSwitch(raw, "browser"), isSilent: readSwitch(raw, "json") }),
  run: (world, options) => world.runDemo(options),
  human: () => "",
  json: ({ steps }) => ({ steps }),
  exitCode: ({ exitCode }) => exitCode,
});
