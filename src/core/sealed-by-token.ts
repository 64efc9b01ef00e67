import { openText, sealText } from "./sealed-text.ts";
import { Secret } from "./secret.ts";

const purpose = "qbo rescued tokens, version 1";

/** Seals `text` so that only whoever holds `token` can open it. */
export function sealByToken(text: Secret, token: Secret): string {
  return sealText(text.reveal(), { key: token.reveal(), purpose });
}

/** Opens what `sealByToken` sealed; `undefined` when it was sealed by another token, or is damaged. */
export function openByToken(sealed: string, token: Secret): Secret | undefined {
  const text = openText(sealed, { key: token.reveal(), purpose });
  return text === undefined ? undefined : new Secret(text);
}
