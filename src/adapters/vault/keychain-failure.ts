import { QboError } from "../../core/errors.ts";
import { makePrintable } from "../../core/printable.ts";

/** At which step the keychain failed. */
export type KeychainStage = "load" | "write" | "read" | "remove";

export interface KeychainFailure {
  stage: KeychainStage;
  /** What the library, the service or the watchdog said. */
  message: string;
  platform: NodeJS.Platform;
  cause?: unknown;
}

interface Diagnosis {
  reason: string;
  fix: string;
}

const alternatives =
  "Or keep connections in sealed files: make a key with `qbo store keygen`, set it as QBO_STORE_KEY, and use `--store file` or QBO_STORE=file.";

/** Tried in order against the message, on every platform. The first group comes from our own watchdogs. */
const anywhere: readonly (Diagnosis & { sign: RegExp })[] = [
  {
    sign: /no answer within|Timeout was reached|timed out/i,
    reason: "its service did not answer in time",
    fix: "See whether a prompt of the keychain is waiting on this machine's desktop, or restart the service, then repeat the command.",
  },
  {
    sign: /dismissed|user (?:has )?cancell?ed|user interaction is not allowed/i,
    reason: "the prompt to unlock it was closed or could not be shown",
    fix: "Unlock the keychain on this machine's desktop, then repeat the command.",
  },
  {
    sign: /keytar is not installed/,
    reason: "the package keytar is not installed with this program",
    fix: "Install it beside the program's file: `npm install keytar@npm:@github/keytar@7`.",
  },
];

/** The texts of libsecret, GLib and D-Bus, which are not translated because Node.js leaves the locale at C. */
const onLinux: readonly (Diagnosis & { sign: RegExp })[] = [
  {
    sign: /libsecret/,
    reason: "the library libsecret-1.so.0 is not installed",
    fix: "Install it (Debian and Ubuntu: `sudo apt-get install libsecret-1-0`; Fedora: `sudo dnf install libsecret`; Alpine: `sudo apk add libsecret`).",
  },
  {
    sign: /org\.freedesktop\.secrets|ServiceUnknown/,
    reason: "no program on this machine's session bus provides the Secret Service",
    fix: "Install one (Debian and Ubuntu: `sudo apt-get install gnome-keyring`; KeePassXC and KWallet provide it too) and sign in to the desktop again.",
  },
  {
    sign: /autolaunch D-Bus|Could not connect|DBUS_SESSION_BUS_ADDRESS|Connection refused|connection is closed/i,
    reason:
      "there is no D-Bus session bus, as is usual on servers, in containers and over SSH: no desktop session runs here",
    fix: "Run qbo inside a desktop session, or give this session a keyring of its own (Debian and Ubuntu: `sudo apt-get install dbus gnome-keyring`, then `dbus-run-session -- bash` and `gnome-keyring-daemon --unlock`).",
  },
  {
    sign: /locked/i,
    reason: "the keyring is locked",
    fix: "Unlock it by signing in to the desktop of this machine, or with its password manager, then repeat the command.",
  },
  {
    sign: /collection\/|no such secret collection/i,
    reason: "the Secret Service has no login keyring",
    fix: "Create a default keyring named Login (in GNOME: Passwords and Keys), then repeat the command.",
  },
];

const stageWords: Record<KeychainStage, string> = {
  load: "its library could not be loaded",
  write: "writing to it failed",
  read: "reading from it failed",
  remove: "removing from it failed",
};

/** Whether a text from outside names a stage. */
export function isStage(value: unknown): value is KeychainStage {
  return typeof value === "string" && Object.hasOwn(stageWords, value);
}

/** STORE_UNAVAILABLE with the reason, what to install or unlock, and the other stores. The only place that reads these texts. */
export function toKeychainError(failure: KeychainFailure): QboError {
  const { reason, fix } = diagnose(failure);
  return new QboError("STORE_UNAVAILABLE", `The keychain cannot be used: ${reason}.`, {
    hint: `${fix} ${alternatives}`,
    cause: failure.cause ?? new Error(failure.message),
  });
}

function diagnose({ stage, message, platform }: KeychainFailure): Diagnosis {
  const causes = platform === "linux" ? [...anywhere, ...onLinux] : anywhere;
  const known = causes.find(({ sign }) => sign.test(message));
  if (known !== undefined) return known;
  return {
    reason: `${stageWords[stage]} (${makePrintable(message, 200).replace(/[.\s]+$/, "")})`,
    fix: "Run `qbo doctor` to see whether this lasts.",
  };
}
