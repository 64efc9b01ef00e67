import { type ExitCode, QboError } from "../../core/errors.ts";
import { makePrintable } from "../../core/printable.ts";
import { Secret } from "../../core/secret.ts";
import type { World } from "../../core/world.ts";
import { rekeyStore, type RekeyReport } from "../../flows/store/rekey.ts";
import { judgeBulk, reportError } from "../kit/bulk.ts";
import { defineCommand, type RawInput, type Style } from "../kit/command.ts";
import { readSwitch, usage } from "../kit/options.ts";

export interface StoreRekeyOptions {
  newKeyStdin: boolean;
}

const mostCharacters = 1024;

export const storeRekeyCommand = defineCommand<StoreRekeyOptions, RekeyReport>({
  name: "store rekey",
  group: "Storing and moving",
  summary: "Seal the file store, or the chosen team store, with another key",
  description:
    "Takes the present key from QBO_STORE_KEY, or from where the store keeps it, and the new one from QBO_STORE_KEY_NEW or stdin. Each record is sealed " +
    "anew, while others may go on working. An interrupted run goes on when it is repeated with the same two keys. A team store is sealed anew as a whole, " +
    "by the role that owns it. Afterwards QBO_STORE_KEY has to be the new key.",
  options: [{ flags: "--new-key-stdin", description: "read the new key, or a passphrase, from stdin" }],
  examples: [['printf %s "$NEW_KEY" | qbo store rekey --new-key-stdin', "NEW_KEY came from qbo store keygen"]],
  read: (raw: RawInput) => ({ newKeyStdin: readSwitch(raw, "newKeyStdin") }),
  run: async (world, options) => rekeyStore(world, await readNewKey(world, options)),
  human: formatRekey,
  json: ({ results, isFinished, ...report }) => ({
    ...report,
    finished: isFinished,
    results: results.map((result) => ({ ...result, error: reportError(result.error) })),
  }),
  exitCode: ({ results }): ExitCode => judgeBulk(results),
});

async function readNewKey(world: World, { newKeyStdin }: StoreRekeyOptions): Promise<Secret> {
  const given = world.env["QBO_STORE_KEY_NEW"];
  const text = (newKeyStdin ? await world.readStdin() : (given ?? "")).trim();
  const hint = 'Make a key and keep it: qbo store keygen. Then: printf %s "$NEW_KEY" | qbo store rekey --new-key-stdin';
  if (text === "" && newKeyStdin) throw usage("stdin is empty; it should hold the new key.", hint);
  if (text === "") throw new QboError("INPUT_REQUIRED", "Nothing gives the new key.", { hint });
  if (text.length > mostCharacters) throw usage(`The new key is longer than ${mostCharacters} characters.`, hint);
  return new Secret(text);
}

function formatRekey({ from, to, results, keys, isFinished }: RekeyReport, style: Style): string {
  if (from === null || to === null) return "There is no file store yet, so there is nothing to seal.";
  const failed = results.flatMap(({ connection, clientId, error }) =>
    error ? [`${style.red("✗")} ${connection ?? `client secret of ${clientId ?? ""}`}: ${error.message}`] : [],
  );
  const uses = keys.map(({ key, records }) => {
    const whose = key === to ? "the new key" : key === from ? "the old key" : "another key";
    return key === null
      ? `${records} records cannot be read`
      : `${records} records are sealed with ${whose} (${makePrintable(key, 8)})`;
  });
  const next = isFinished
    ? `${style.green("✓")} The store has the key ${to} now. Set QBO_STORE_KEY to it wherever this store is used.`
    : `The change is not finished, and both keys are needed. Mend what failed, and repeat the command with the same two keys.`;
  const strays = keys.some(({ key }) => key === from) && isFinished;
  const about = "What is left under the old key belongs to no connection or app that is known here.";
  return [...failed, ...uses, ...(strays ? [about] : []), next].join("\n");
}
