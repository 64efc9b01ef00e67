import { QboError } from "../../core/errors.ts";
import { Secret } from "../../core/secret.ts";

/** RFC 7518, section 4.8: PBKDF2 with HMAC-SHA-512, then AES key wrap; the content is sealed with AES-256-GCM. */
const algorithms = { alg: "PBES2-HS512+A256KW", enc: "A256GCM" } as const;

/** PBKDF2 rounds. OWASP's advice for SHA-512 is 210,000; this takes a good half second where it is done once. */
const rounds = 600_000;

/** More rounds than anybody asks for; a text that wants more wants to keep this machine busy. */
const mostRounds = 5_000_000;

/** Seals a text under a passphrase, as a compact JWE (RFC 7516): one line, which any JOSE library opens. */
export async function sealText(text: Secret, passphrase: Secret): Promise<string> {
  const { CompactEncrypt } = await import("jose");
  return new CompactEncrypt(new TextEncoder().encode(text.reveal()))
    .setProtectedHeader({ ...algorithms, cty: "application/json" })
    .setKeyManagementParameters({ p2c: rounds })
    .encrypt(toKey(passphrase));
}

/** Whether a text is a compact JWE, or the beginning of one that was cut off. Mail programs wrap such long lines. */
export function isSealedText(text: string): boolean {
  return /^eyJ[\w-]+(?:\.[\w-]*)+$/.test(unwrap(text));
}

function unwrap(text: string): string {
  return text.replaceAll(/\s+/g, "");
}

/**
 * Opens what `sealText` sealed.
 * @throws USAGE when the passphrase is another one, or the text is damaged or sealed in another way.
 */
export async function openSealedText(sealed: string, passphrase: Secret): Promise<Secret> {
  const { compactDecrypt, errors } = await import("jose");
  try {
    const { plaintext } = await compactDecrypt(unwrap(sealed), toKey(passphrase), {
      keyManagementAlgorithms: [algorithms.alg],
      contentEncryptionAlgorithms: [algorithms.enc],
      maxPBES2Count: mostRounds,
    });
    return new Secret(new TextDecoder().decode(plaintext));
  } catch (cause) {
    if (!(cause instanceof errors.JOSEError)) throw cause;
    const isOther = cause instanceof errors.JWEDecryptionFailed;
    throw new QboError(
      "USAGE",
      isOther
        ? "The passphrase does not open this export, or the export is damaged."
        : "This is no whole text as qbo export seals it: its end is missing, or something else made it.",
      { hint: "Give the passphrase that was chosen at the export, and the whole text.", cause },
    );
  }
}

/** The same passphrase typed on another system may come in other code points. */
function toKey(passphrase: Secret): Uint8Array {
  return new TextEncoder().encode(passphrase.reveal().normalize("NFC"));
}
