import type { World } from "../../core/world.ts";
import { readClaimedRealm } from "../../oauth/id-token.ts";
import type { TokenGrant } from "../../oauth/token-answer.ts";

/**
 * The company that a consent is for. The address in which its realm ID came may have been pasted, and one that was cut off in the
 * digits looks whole; the ID token came from the token endpoint itself, over TLS (OpenID Connect Core, section 3.1.3.7, item 6).
 */
export async function confirmCompany(
  world: Pick<World, "notices">,
  { idToken }: Pick<TokenGrant, "idToken">,
  realmId: string,
): Promise<string> {
  const claimed = idToken && (await readClaimedRealm(idToken));
  if (!claimed || claimed === realmId) return realmId;
  if (claimed.startsWith(realmId)) {
    world.notices.warn(
      `The realm ID in the address was cut off after ${realmId}. The ID token names the whole one, ${claimed}: that is kept.`,
    );
    return claimed;
  }
  world.notices.warn(
    `The address named the company ${realmId}, and the ID token the company ${claimed}. The one in the address is kept; if calls for it are refused, sign in again.`,
  );
  return realmId;
}
