import type { ListenAddress } from "../../core/callback-server.ts";
import { hasCode } from "../../core/errors.ts";
import { deriveListenAddress, readRedirectUri } from "../../oauth/redirect-uri.ts";

/** Where a sign-in would listen; undefined when the redirect does not arrive here, or is none that could be used. */
export function findListenAddress(redirectUri: string | undefined): ListenAddress | undefined {
  if (redirectUri === undefined) return undefined;
  try {
    return deriveListenAddress(readRedirectUri(redirectUri));
  } catch (error) {
    // Its own check tells what is wrong with it.
    if (hasCode(error, "CONFIG_INVALID")) return undefined;
    throw error;
  }
}
