import type { Vault } from "../../core/store-ports.ts";
import { Secret } from "../../core/secret.ts";
import { openKeychainEntries } from "./keychain-entries.ts";
import type { KeychainEntries } from "./keychain-entries.ts";
import { joinPieces, mostPieces, parsePiece, readWholeLines, splitIntoPieces } from "./keychain-pieces.ts";
import type { Piece } from "./keychain-pieces.ts";
import { probeInChild } from "./keychain-probe.ts";
import type { ProbeCommand, ProbeLimits } from "./keychain-probe.ts";
import type { Keytar } from "./keytar.ts";
import { assertKey, assertStorable } from "./storable.ts";

export interface KeychainVaultOptions {
  /** Null: `probe` works in this process, which is for stand-ins that cannot hang. */
  probeCommand: ProbeCommand | null;
  environment: NodeJS.ProcessEnv;
  /** Told once when a person may have to answer a prompt. */
  announce?: (text: string) => void;
  platform?: NodeJS.Platform;
  /** Most bytes of one entry; longer values are split. By default the 2,560 of Windows there, no limit elsewhere. */
  maxBytes?: number;
  /** Instead of the native library. */
  keytar?: Keytar;
  limits?: ProbeLimits;
}

/** CRED_MAX_CREDENTIAL_BLOB_SIZE of wincred.h. */
const windowsEntryBytes = 2560;
const defaultLimits: ProbeLimits = { service: 3_000, person: 60_000 };

const places: Partial<Record<NodeJS.Platform, string>> = {
  darwin: "The secrets lie in the macOS Keychain, which opens when you sign in to this Mac.",
  win32: "The secrets lie in the Windows Credential Manager, sealed for your Windows account.",
};
const placeElsewhere = "The secrets lie in this desktop's keyring (Secret Service), which opens when you sign in.";

/** Secrets in the keychain of the operating system: one entry for each, or several where an entry is too small. */
export function createKeychainVault(options: KeychainVaultOptions): Vault {
  const { platform = process.platform, limits = defaultLimits } = options;
  const maxBytes = options.maxBytes ?? (platform === "win32" ? windowsEntryBytes : Number.POSITIVE_INFINITY);
  const canSplit = Number.isFinite(maxBytes);
  const entries = openKeychainEntries({ platform, keytar: options.keytar, callLimit: limits.person });

  return {
    async read(key) {
      assertKey(key);
      const value = await readValue(entries, key, 2);
      return value === undefined ? undefined : new Secret(value);
    },

    async write(key, value) {
      assertStorable(key, value);
      const pieces = splitIntoPieces(value.reveal(), maxBytes);
      // The first piece goes first: from then on a reader finds the new first line, whatever happens to the rest.
      for (const [index, piece] of pieces.entries()) await entries.write(nameEntry(key, index + 1), piece);
      if (canSplit) await removeEntriesFrom(entries, key, pieces.length + 1);
    },

    async remove(key) {
      assertKey(key);
      const isRemoved = await entries.remove(key);
      if (canSplit) await removeEntriesFrom(entries, key, 2);
      return isRemoved;
    },

    async probe(asking) {
      const { probeCommand: command, environment, announce = () => undefined } = options;
      if (command === null) return entries.proveUsable();
      return probeInChild({ command, environment, platform, limits, announce }, asking);
    },

    async describe() {
      return places[platform] ?? placeElsewhere;
    },
  };
}

async function readValue(entries: KeychainEntries, key: string, attempts: number): Promise<string | undefined> {
  const entry = await entries.read(key);
  if (entry === undefined) return undefined;
  const head = parsePiece(entry);
  const pieces: (Piece | undefined)[] = [head];
  for (let number = 2; number <= head.count; number += 1) {
    const next = await entries.read(nameEntry(key, number));
    pieces.push(next === undefined ? undefined : parsePiece(next));
  }
  const value = joinPieces(pieces);
  if (value !== undefined) return value;
  // Either a writer was at work meanwhile, or one died in the middle.
  return attempts > 1 ? readValue(entries, key, attempts - 1) : readWholeLines(head);
}

/** The entries of one key lie without a gap, so all are found; removing from the end leaves no gap either. */
async function removeEntriesFrom(entries: KeychainEntries, key: string, first: number): Promise<void> {
  let last = first - 1;
  while (last < mostPieces && (await entries.read(nameEntry(key, last + 1))) !== undefined) last += 1;
  for (let number = last; number >= first; number -= 1) await entries.remove(nameEntry(key, number));
}

/** Keys have no spaces, so no other key has this name. */
function nameEntry(key: string, number: number): string {
  return number === 1 ? key : `${key} #${number}`;
}
