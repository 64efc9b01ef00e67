import type { World } from "../core/world.ts";
import { describeEvent, readHistory, type History, type HistoryQuery } from "../flows/connections/history.ts";
import { defineCommand, type Output, type RawInput, type Style } from "./kit/command.ts";
import {
  connectionArgument,
  connectionOptions,
  readConnectionChoice,
  readDuration,
  readNumber,
} from "./kit/options.ts";
import { describeTimeline } from "./kit/timeline.ts";

/** So many events are shown to a person who has not said how many. */
const usualLimit = 50;

export const historyCommand = defineCommand<HistoryQuery, History>({
  name: "history",
  group: "Trouble",
  summary: "Show what happened: sign-ins, refreshes, rotations, failures",
  description:
    "Reads the journal, which holds no secret: a token is shown as the first 12 digits of its SHA-256, so that two machines can compare what " +
    "they hold. Every intuit_tid is in it, which Intuit's support asks for. Without a connection: everything.",
  arguments: [{ ...connectionArgument, description: "name or realm ID of the connection" }],
  options: [
    ...connectionOptions,
    { flags: "--limit <n>", description: `only the last so many events (${usualLimit}; with --json: all)` },
    { flags: "--since <duration>", description: "only so far back: 12h, 7d" },
  ],
  examples: [
    ["qbo history acme", "one connection"],
    ["qbo history --since 24h --json", "a day of everything, for a script"],
  ],
  read: readHistoryOptions,
  run: look,
  human: (history, style: Style) => describeTimeline(history, style).join("\n"),
  json: ({ events }) => ({ events: events.map(describeEvent) }),
});

function readHistoryOptions(raw: RawInput): HistoryQuery {
  return {
    choice: readConnectionChoice(raw),
    limit: readNumber(raw, "limit", { least: 1, most: 1_000_000 }),
    since: readDuration(raw, "since"),
  };
}

function look(world: World, query: HistoryQuery, { isForProgram }: Output): Promise<History> {
  return readHistory(world, isForProgram ? query : { ...query, limit: query.limit ?? usualLimit });
}
