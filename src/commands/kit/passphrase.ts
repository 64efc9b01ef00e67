import { hasCode, QboError } from "../../core/errors.ts";
import { Secret } from "../../core/secret.ts";
import type { World } from "../../core/world.ts";
import type { OptionSpec, RawInput } from "./command.ts";
import { readOption, readSwitch, usage } from "./options.ts";

/** Where a passphrase comes from, when it is not typed. */
export interface PassphraseSource {
  stdin: boolean;
  file: string | undefined;
}

export const passphraseOptions: readonly OptionSpec[] = [
  { flags: "--passphrase-stdin", description: "read the passphrase from stdin" },
  { flags: "--passphrase-file <file>", description: "read the passphrase from the first line of a file" },
];

/** Characters that a new passphrase has at least. What is sealed may lie around for years and be guessed at offline. */
const fewestCharacters = 12;

/** @throws USAGE when both sources are named. */
export function readPassphraseSource(raw: RawInput): PassphraseSource {
  const source = { stdin: readSwitch(raw, "passphraseStdin"), file: readOption(raw, "passphraseFile") };
  if (source.stdin && source.file !== undefined)
    throw usage("--passphrase-stdin and --passphrase-file exclude each other.");
  return source;
}

type Doors = Pick<World, "prompter" | "readStdin" | "readFile">;

/** How often a person may type a new one: who mistypes three times wants to look at the keyboard first. */
const mostTries = 3;

/**
 * A passphrase for something new: from its source, or typed twice, and asked for again where it cannot be used.
 * @throws USAGE when it is too short, or the two differ, at the last try.
 */
export async function chooseNewPassphrase(
  world: Doors & Pick<World, "notices">,
  source: PassphraseSource,
): Promise<Secret> {
  const given = await readGiven(world, source);
  if (given) {
    assertLongEnough(given);
    return given;
  }
  for (let tries = 1; ; tries += 1) {
    try {
      return await typeNewPassphrase(world);
    } catch (error) {
      if (!hasCode(error, "USAGE") || tries === mostTries) throw error;
      world.notices.warn(`${error.message} ${error.hint ?? ""}`);
    }
  }
}

async function typeNewPassphrase(world: Doors): Promise<Secret> {
  const passphrase = await askPassphrase(world, "Choose a passphrase");
  assertLongEnough(passphrase);
  if (passphrase.equals(await world.prompter.askSecret("The same passphrase once more"))) return passphrase;
  throw usage("The two passphrases differ.", "Type the same one twice.");
}

function assertLongEnough(passphrase: Secret): void {
  if (passphrase.reveal().length >= fewestCharacters) return;
  throw usage(
    `The passphrase is shorter than ${fewestCharacters} characters.`,
    "Choose a longer one: several words, or what a password manager makes.",
  );
}

/** The passphrase of something that is sealed. */
export async function askSealedPassphrase(world: Doors, source: PassphraseSource): Promise<Secret> {
  return (await readGiven(world, source)) ?? askPassphrase(world, "The passphrase of the export");
}

async function readGiven(world: Doors, { stdin, file }: PassphraseSource): Promise<Secret | undefined> {
  if (!stdin && file === undefined) return undefined;
  const text = stdin ? await world.readStdin() : await world.readFile(file ?? "");
  const [line = ""] = text.split(/\r?\n/);
  if (line.trim() === "") throw usage("The passphrase is empty.", "Put it on the first line.");
  return new Secret(line.trim());
}

async function askPassphrase(world: Doors, question: string): Promise<Secret> {
  if (world.prompter.canAsk) return world.prompter.askSecret(question);
  throw new QboError("INPUT_REQUIRED", "A passphrase is needed, and there is nobody to type it.", {
    hint: "Add --passphrase-file <file>, or --passphrase-stdin where stdin brings nothing else",
  });
}
