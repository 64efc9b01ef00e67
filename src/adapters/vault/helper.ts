import { randomBytes } from "node:crypto";
import { QboError } from "../../core/errors.ts";
import type { Vault } from "../../core/store-ports.ts";
import { Secret } from "../../core/secret.ts";
import { decodeEntry, encodeEntry, toServerUrl } from "./helper-entry.ts";
import type { DecodedEntry } from "./helper-entry.ts";
import { toDistrustError, toRefusalError, toSilenceError } from "./helper-failure.ts";
import type { HelperTask } from "./helper-failure.ts";
import { callProgram, findProgram, HelperSilent, nameProgram, wasCutOff } from "./helper-program.ts";
import type { HelperAnswer, HelperCall, HelperProgramOptions } from "./helper-program.ts";
import { assertKey, assertStorable } from "./storable.ts";

export interface HelperVaultOptions extends HelperProgramOptions {
  /** Milliseconds that one call may take: by itself, and where a person may have to unlock something. */
  limits?: { service: number; person: number };
}

type Found = Extract<DecodedEntry, { kind: "value" | "foreign" }>;

const faults: Record<Exclude<DecodedEntry, Found>["kind"], string> = {
  garbage: "comes no answer of the protocol",
  empty: "comes an entry without a secret",
  "other-key": "comes another entry",
};
const defaultLimits = { service: 30_000, person: 60_000 };
/** Milliseconds. Whoever pressed Ctrl-C does not wait as long for what is only read. */
const repeatedGetLimit = 5000;
const absent = /credentials not found in native keychain/i;

/**
 * Secrets with any program that speaks the protocol of Docker's credential helpers (github.com/docker/docker-credential-helpers): one
 * call for each step, everything on stdin and stdout. What was written is read back, since no helper promises that it is there.
 */
export function createHelperVault(options: HelperVaultOptions): Vault {
  const { environment, limits = defaultLimits } = options;

  /** Ctrl-C at a terminal ends the helper, too, while a save has to be finished: what it cut off is asked once more. */
  async function ask(verb: HelperCall["verb"], input: string, limit: number): Promise<HelperAnswer> {
    const answer = await askOnce(verb, input, limit);
    if (!wasCutOff(answer)) return answer;
    return askOnce(verb, input, verb === "get" ? Math.min(limit, repeatedGetLimit) : limit);
  }

  async function askOnce(verb: HelperCall["verb"], input: string, limit: number): Promise<HelperAnswer> {
    const program = findProgram(options);
    try {
      return await callProgram({ program, verb, input, limit }, environment);
    } catch (error) {
      if (error instanceof HelperSilent) throw toSilenceError(task(verb, limit), error.silence, error);
      throw error;
    }
  }

  const task = (verb: string, limit: number): HelperTask => ({ program: nameProgram(options), verb, limit });

  /** What the helper has under the key. Some say of everything, while they are locked, that there is nothing. */
  async function look(key: string, limit: number): Promise<Found | undefined> {
    const answer = await ask("get", toServerUrl(key), limit);
    if (answer.status !== 0) {
      if (absent.test(answer.stdout) || absent.test(answer.stderr)) return undefined;
      throw toRefusalError(task("get", limit), answer);
    }
    const entry = decodeEntry(key, answer.stdout);
    if (entry.kind === "value" || entry.kind === "foreign") return entry;
    throw toDistrustError(task("get", limit), faults[entry.kind]);
  }

  async function write(key: string, value: Secret, limit: number): Promise<void> {
    const before = await look(key, limit);
    const name = randomBytes(8).toString("hex");
    const answer = await ask("store", encodeEntry(key, value, name), limit);
    if (answer.status !== 0) throw toRefusalError(task("store", limit), answer);
    const after = await look(key, limit);
    // What is neither ours nor from before was written by somebody else meanwhile.
    const isOld = after?.kind !== "value" || (before?.kind === "value" && before.write === after.write);
    const isChanged = after?.kind === "value" && after.write === name && !after.value.equals(value);
    if (isOld || isChanged) throw toDistrustError(task("store", limit), "what was stored does not come back");
  }

  async function proveUsable(limit: number): Promise<void> {
    const key = `probe/${randomBytes(8).toString("hex")}`;
    await write(key, new Secret(randomBytes(16).toString("hex")), limit);
    await erase(key, limit);
  }

  async function erase(key: string, limit: number): Promise<void> {
    const answer = await ask("erase", toServerUrl(key), limit);
    if (answer.status !== 0) throw toRefusalError(task("erase", limit), answer);
    if (await look(key, limit)) throw toDistrustError(task("erase", limit), "the entry is still there");
  }

  /** "Nothing there" is believed only of a helper that just took, gave back and removed an entry. */
  async function find(key: string, limit: number): Promise<Found | undefined> {
    const found = await look(key, limit);
    if (found) return found;
    await proveUsable(limit);
    return look(key, limit);
  }

  return {
    async read(key) {
      assertKey(key);
      const found = await find(key, limits.service);
      if (found?.kind === "foreign") throw replacedOutside(nameProgram(options), key);
      return found?.value;
    },
    async write(key, value) {
      assertStorable(key, value);
      await write(key, value, limits.service);
    },
    /** Helpers differ in what they say about removing what is not there, so it is looked for before. */
    async remove(key) {
      assertKey(key);
      if (!(await find(key, limits.service))) return false;
      await erase(key, limits.service);
      return true;
    },
    probe: ({ mayAsk }) => proveUsable(mayAsk ? limits.person : limits.service),
    async describe() {
      return `The secrets lie where the program ${nameProgram(options)} keeps them, which also decides what protects them.`;
    },
  };
}

function replacedOutside(program: string, key: string): QboError {
  return new QboError("STORE_CORRUPT", `What ${program} keeps for ${toServerUrl(key)} was not written by qbo.`, {
    hint: "Remove that entry with the program's own tools, and sign in again with `qbo login <connection>`.",
  });
}
