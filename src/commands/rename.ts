import { chooseConnection, type ConnectionChoice } from "../flows/connections/choose-connection.ts";
import type { ConnectionReport } from "../flows/connections/connection-report.ts";
import { renameConnection } from "../flows/connections/rename.ts";
import { reportOneConnection } from "../flows/connections/status.ts";
import { defineCommand } from "./kit/command.ts";
import { appOption, assertGiven, environmentOption, readConnectionChoice, usage } from "./kit/options.ts";

export interface RenameOptions {
  choice: ConnectionChoice;
  name: string;
}

interface Renamed {
  previousName: string;
  connection: ConnectionReport;
}

export const renameCommand = defineCommand<RenameOptions, Renamed>({
  name: "rename",
  group: "Setting up",
  summary: "Give a connection another name",
  arguments: [
    { name: "connection", description: "name or realm ID of the connection", isRequired: true },
    { name: "name", description: "the new name: lower-case letters, digits and hyphens", isRequired: true },
  ],
  options: [environmentOption, appOption],
  examples: [["qbo rename company-1234 acme", "a name that says more"]],
  read(raw) {
    const [, name] = raw.arguments;
    if (name === undefined) throw usage("The new name is missing.");
    return { choice: readConnectionChoice(raw), name: assertGiven("The new name", name) };
  },
  async run(world, { choice, name }) {
    const facts = await chooseConnection(world, choice);
    const renamed = await renameConnection(world, facts, name);
    return { previousName: facts.name, connection: await reportOneConnection(world, renamed) };
  },
  human: ({ previousName, connection }, style) =>
    `${style.green("✓")} ${previousName} is now ${style.bold(connection.name)}.`,
  json: (result) => result,
});
