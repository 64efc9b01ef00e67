import { reportOneConnection } from "../flows/connections/status.ts";
import { chooseConnection } from "../flows/connections/choose-connection.ts";
import type { ConnectionReport } from "../flows/connections/connection-report.ts";
import { useConnection } from "../flows/connections/rename.ts";
import { defineCommand } from "./kit/command.ts";
import { appOption, environmentOption, readConnectionChoice } from "./kit/options.ts";
import type { ConnectionChoice } from "../flows/connections/choose-connection.ts";

export const useCommand = defineCommand<ConnectionChoice, ConnectionReport>({
  name: "use",
  group: "Setting up",
  summary: "Make a connection the default",
  description:
    "Commands use the default when no connection is named. It is kept as connection in the user's configuration file.",
  arguments: [{ name: "connection", description: "name or realm ID of the connection", isRequired: true }],
  options: [environmentOption, appOption],
  examples: [["qbo use acme", "from now on, qbo token means acme"]],
  read: readConnectionChoice,
  async run(world, choice) {
    const facts = await chooseConnection(world, choice);
    await useConnection(world, facts);
    return reportOneConnection(world, facts);
  },
  human: ({ name, companyName, environment }, style) =>
    `${style.green("✓")} ${style.bold(name)} (${companyName ?? environment}) is the default connection.`,
  json: (connection) => ({ connection }),
});
