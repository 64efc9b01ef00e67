import { QboError } from "../core/errors.ts";
import { findNear } from "../core/nearest.ts";
import { makePrintable } from "../core/printable.ts";
import { commandGroups, commands } from "./commands.ts";
import { topicNames } from "./topics/topics.ts";

const groups = Object.keys(commandGroups);

/** What to tell somebody who typed a command that does not exist: those that may have been meant. */
export function unknownCommand(name: string): QboError {
  const near = suggest(name, [...commands.map((command) => command.name), ...groups, "help"]);
  return new QboError("USAGE", `There is no command ${makePrintable(name, 80)}.`, {
    hint: near.length === 0 ? "See qbo --help" : `Did you mean ${join(near.map((found) => `qbo ${found}`))}?`,
  });
}

/** The same for `qbo help`, which knows topics besides. */
export function unknownTopic(name: string): QboError {
  const near = suggest(name, [...topicNames, ...commands.map((command) => command.name), ...groups]);
  const choices = `Topics: ${topicNames.join(", ")}. Commands: qbo help`;
  return new QboError("USAGE", `There is no help about ${makePrintable(name, 80)}.`, {
    hint: near.length === 0 ? choices : `Did you mean ${join(near.map((found) => `qbo help ${found}`))}? ${choices}`,
  });
}

/** Where the command stands in a group, people often know its own word only: `qbo keygen`. */
function suggest(word: string, names: readonly string[]): string[] {
  const ownWord = names.filter((name) => name.split(" ")[1] === word);
  return ownWord.length > 0 ? ownWord : findNear(word, [...new Set(names)]);
}

function join(names: readonly string[]): string {
  return names.length === 1 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}
