import { formatBlocks } from "../layout.ts";
import { configTopic } from "./config.ts";
import { environmentTopic } from "./environment.ts";
import { formatExitCodes } from "./exit-codes.ts";
import { automationGuide, signInGuide, storesGuide } from "./guides.ts";
import { jsonTopic } from "./json.ts";

/** Help that belongs to no single command, for so many columns. Each is made from the tables that the program itself uses, where there are any. */
const topics: Readonly<Record<string, (columns: number) => string>> = {
  "exit-codes": formatExitCodes,
  environment: (columns) => formatBlocks(environmentTopic, columns),
  json: (columns) => formatBlocks(jsonTopic, columns),
  config: (columns) => formatBlocks(configTopic, columns),
  stores: (columns) => formatBlocks(storesGuide, columns),
  "sign-in": (columns) => formatBlocks(signInGuide, columns),
  automation: (columns) => formatBlocks(automationGuide, columns),
};

export const topicNames: readonly string[] = Object.keys(topics);

/** The text of a topic; `undefined` when there is none of that name. */
export function findTopic(name: string, columns: number): string | undefined {
  return Object.hasOwn(topics, name) ? topics[name]?.(columns) : undefined;
}
