import type { ExitCode } from "../core/errors.ts";
import type { World } from "../core/world.ts";
import { writeBundle } from "../flows/diagnose/bundle.ts";
import { diagnose, type DoctorOptions } from "../flows/diagnose/doctor.ts";
import type { Diagnosis } from "../flows/diagnose/examine.ts";
import { defineCommand, type RawInput, type Style } from "./kit/command.ts";
import { describeDiagnosis } from "./kit/diagnosis.ts";
import {
  connectionArgument,
  connectionOptions,
  readConnectionChoice,
  readOption,
  readSwitch,
  usage,
} from "./kit/options.ts";

interface Options extends DoctorOptions {
  /** The file that a support ticket gets. */
  bundle: string | undefined;
}

interface Visit {
  diagnoses: Diagnosis[];
  all: boolean;
}

export const doctorCommand = defineCommand<Options, Visit>({
  name: "doctor",
  group: "Trouble",
  summary: "Find out why a connection does not work, and how to mend it",
  description:
    "Looks at this machine, at Intuit and at the connection, and names the cause with its evidence and the next command. Works before anything is " +
    "connected, too. Nothing is made worse: no token is rotated and nothing is revoked, unless --refresh asks for a real refresh. " +
    "Exit code: 0 when nothing is wrong, else that of the cause.",
  arguments: [connectionArgument],
  options: [
    ...connectionOptions,
    { flags: "--all", description: "all connections (of --env, of --app)" },
    { flags: "--offline", description: "only what can be looked at without the network" },
    { flags: "--fix", description: "mend what is safe to mend: a lock left behind, file modes, a certificate" },
    { flags: "--refresh", description: "try a real refresh, then look again" },
    { flags: "--bundle <file>", description: "write a redacted report for a support ticket, with every intuit_tid" },
  ],
  examples: [
    ["qbo doctor acme", "why acme does not work"],
    ["qbo doctor --env sandbox", "before the first sign-in"],
    ["qbo doctor --all --offline --json", "for a script"],
  ],
  read: readDoctorOptions,
  run: visit,
  human: formatVisit,
  json: ({ diagnoses, all }) => {
    const documents = diagnoses.map(describe);
    return all ? { results: documents } : documents[0];
  },
  exitCode: judgeVisit,
});

function readDoctorOptions(raw: RawInput): Options {
  const choice = readConnectionChoice(raw);
  const [all, offline, refresh] = [readSwitch(raw, "all"), readSwitch(raw, "offline"), readSwitch(raw, "refresh")];
  if (all && choice.connection !== undefined) throw usage("--all and a single connection exclude each other.");
  if (offline && refresh) throw usage("--refresh needs the network, which --offline leaves alone.");
  return { choice, all, offline, refresh, fix: readSwitch(raw, "fix"), bundle: readOption(raw, "bundle") };
}

async function visit(world: World, options: Options): Promise<Visit> {
  const stop = world.notices.begin("Looking…");
  const diagnoses = await diagnose(world, options).finally(stop);
  if (options.bundle !== undefined) {
    await writeBundle(world, options.bundle, diagnoses);
    world.notices.inform(`The report for the support ticket is in ${options.bundle}.`);
  }
  return { diagnoses, all: options.all };
}

function describe({ connection, verdict, checks, ranking }: Diagnosis) {
  return { connection, verdict, checks, ranking };
}

function formatVisit({ diagnoses, all }: Visit, style: Style): string {
  if (diagnoses.length === 0) return "There is no connection to look at.";
  const parts = diagnoses.map((diagnosis) => describeDiagnosis(diagnosis, style, all).join("\n"));
  if (!all) return parts.join("\n\n");
  const sick = diagnoses.filter(({ exitCode }) => exitCode !== 0).length;
  return [...parts, `${diagnoses.length} connections: ${diagnoses.length - sick} healthy, ${sick} not`].join("\n");
}

/** As of all commands about many: 8 when some are not healthy; when all are so alike, their code. */
function judgeVisit({ diagnoses }: Visit): ExitCode {
  const [only, another] = new Set(diagnoses.map(({ exitCode }) => exitCode));
  return another === undefined ? (only ?? 0) : 8;
}
