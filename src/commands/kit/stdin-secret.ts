import { Secret } from "../../core/secret.ts";
import type { World } from "../../core/world.ts";
import { usage } from "./options.ts";

interface StdinSecretKind {
  /** What it is called in an error, with its article. */
  what: string;
  mostCharacters: number;
}

/** What may come on stdin. The limits lie far above what Intuit hands out. */
export const stdinSecrets = {
  refreshToken: { what: "a refresh token", mostCharacters: 4096 },
  accessToken: { what: "an access token", mostCharacters: 16_384 },
  idToken: { what: "an ID token", mostCharacters: 16_384 },
  anyToken: { what: "a refresh or access token", mostCharacters: 16_384 },
  clientSecret: { what: "a client secret", mostCharacters: 512 },
} as const satisfies Record<string, StdinSecretKind>;

/**
 * The one secret that stdin holds; white space around it does not belong to it.
 * @throws USAGE when stdin is empty, too long, or holds anything but printable ASCII without spaces.
 */
export async function readStdinSecret(
  world: Pick<World, "readStdin">,
  { what, mostCharacters }: StdinSecretKind,
): Promise<Secret> {
  const text = (await world.readStdin()).trim();
  const hint = 'Give it alone: printf %s "$VALUE" | qbo …';
  if (text === "") throw usage(`stdin is empty; it should hold ${what}.`, hint);
  if (text.length > mostCharacters)
    throw usage(`What came on stdin is longer than ${mostCharacters} characters: it is not ${what}.`, hint);
  if (!/^[\x21-\x7e]+$/.test(text)) throw usage(`What came on stdin is not ${what}.`, hint);
  return new Secret(text);
}
