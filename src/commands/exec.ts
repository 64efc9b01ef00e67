import type { World } from "../core/world.ts";
import type { ConnectionChoice } from "../flows/connections/choose-connection.ts";
import { handOutToken } from "../flows/hand-out-token.ts";
import { buildProgramEnvironment } from "../flows/program-environment.ts";
import { defineCommand, type RawInput } from "./kit/command.ts";
import {
  connectionArgument,
  connectionOptions,
  minValidityOption,
  readConnectionChoice,
  readMinValidity,
  usage,
} from "./kit/options.ts";
import { listTokenVariables } from "./kit/token-variables.ts";

export interface ExecOptions {
  choice: ConnectionChoice;
  minValidity: number | undefined;
  program: string;
  args: readonly string[];
}

export const execCommand = defineCommand<ExecOptions, number>({
  name: "exec",
  group: "Everyday",
  summary: "Run a program with a valid access token in its environment",
  description:
    "Runs the program after -- with QBO_ACCESS_TOKEN, QBO_REALM_ID, QBO_ENVIRONMENT and QBO_API_BASE_URL; if the stored token expires within " +
    "--min-validity, it is refreshed first. The program has qbo's own stdin, stdout and stderr, gets its signals, and ends with its own exit code: 128 + n when " +
    "signal n ended it. It gets neither client secret nor store key, and its token is not replaced while it runs. No shell is involved; for pipes and " +
    "variables there is sh -c '…'.",
  arguments: [connectionArgument],
  options: [...connectionOptions, minValidityOption],
  program: { name: "program…", description: "the program and its arguments, as they are" },
  examples: [
    ["qbo exec -- python3 report.py", "for the default connection"],
    ["qbo exec -c acme --min-validity 3300 -- ./nightly.sh", "with a token that lasts most of an hour"],
    [
      `qbo exec -- sh -c './fetch.sh "$QBO_REALM_ID" | gzip > today.gz'`,
      "variables and pipes are the shell's business",
    ],
  ],
  read: readExecOptions,
  run: execute,
  human: () => "",
  json: () => undefined,
  programExitCode: (exitCode) => exitCode,
});

function readExecOptions(raw: RawInput): ExecOptions {
  const [program, ...args] = raw.program ?? [];
  if (!program)
    throw usage(
      "No program to run was given.",
      "Put it after two dashes: qbo exec [connection] -- <program> [its arguments]",
    );
  return { choice: readConnectionChoice(raw), minValidity: readMinValidity(raw), program, args };
}

async function execute(world: World, { choice, minValidity, program, args }: ExecOptions): Promise<number> {
  const handedOut = await handOutToken(world, choice, minValidity);
  const env = buildProgramEnvironment(world.env, listTokenVariables(handedOut));
  // Whoever interrupted the refresh does not want what comes after it.
  world.interruption.throwIfAborted();
  return world.runProgram({ program, args, env });
}
