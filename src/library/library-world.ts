import { assertTlsIsChecked } from "../cli/tls-check.ts";
import { QboError } from "../core/errors.ts";
import type { Notices, Prompter } from "../core/ports.ts";
import { redact } from "../core/redaction.ts";
import type { World } from "../core/world.ts";
import { assembleWorld, layFoundation } from "../process/assemble-world.ts";
import { shutRareDoors } from "../process/shut-doors.ts";
import { assertOptions, type KnownOptions } from "./assert-options.ts";
import type { Notice, QboOptions } from "./options.ts";
import { passOn } from "./pass-on.ts";

/** What the package knows of itself. */
interface Installation {
  version: string;
  /** The file that starts the program: the keychain is tried in a process of its own. */
  program: string;
}

/** Opens the doors for one call. */
export type OpenWorld = (interruption: AbortSignal) => World;

/**
 * The real doors of this machine for a caller at whose process nobody sits. A program may run for months, so each call looks anew; only
 * what the stores need is kept. Throws USAGE, CONFIG_INVALID.
 */
export function prepareWorlds(options: QboOptions, { version, program }: Installation): OpenWorld {
  const foundation = passOn(() => {
    assertOptions(options, knownOptions);
    const env = buildEnvironment(options);
    // Node.js looks at its own environment, whichever is given here.
    for (const each of [process.env, env]) assertTlsIsChecked(each);
    return layFoundation({ env, program, notices: createNotices(options.onNotice) });
  });
  return (interruption) =>
    assembleWorld(foundation, {
      version,
      interruption,
      prompter: absentPerson,
      trace: undefined,
      openRareDoors: () => shutRareDoors("The library"),
      readStdin: refuseToAsk,
    });
}

const knownOptions: KnownOptions = {
  env: "variables",
  configDir: "text",
  stateDir: "text",
  store: "text",
  signal: "signal",
  onNotice: "listener",
};

function buildEnvironment({ env = process.env, configDir, stateDir, store }: QboOptions): NodeJS.ProcessEnv {
  return {
    ...env,
    ...(configDir === undefined ? {} : { QBO_CONFIG_DIR: configDir }),
    ...(stateDir === undefined ? {} : { QBO_STATE_DIR: stateDir }),
    ...(store === undefined ? {} : { QBO_STORE: store }),
  };
}

/** The listener runs by itself: whatever it does, it is not in the middle of a refresh. */
function createNotices(listener: ((notice: Notice) => void) | undefined): Notices {
  const tell = (level: Notice["level"], text: string) => {
    if (listener) queueMicrotask(() => listener({ level, text: redact(text) }));
  };
  return {
    inform: (text) => tell("info", text),
    warn: (text) => tell("warning", text),
    begin(text) {
      tell("info", text);
      return () => undefined;
    },
    count: () => ({ advance: () => undefined, end: () => undefined }),
  };
}

const absentPerson: Prompter = {
  canAsk: false,
  askText: refuseToAsk,
  askSecret: refuseToAsk,
  confirm: refuseToAsk,
  choose: refuseToAsk,
  readEntries() {
    throw explainNobody();
  },
};

function refuseToAsk(): Promise<never> {
  return Promise.reject(explainNobody());
}

function explainNobody(): QboError {
  return new QboError("INPUT_REQUIRED", "The library asks nobody anything.");
}
