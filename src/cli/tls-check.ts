import { QboError } from "../core/errors.ts";

/**
 * Without certificate checks anybody on the way could read the client secret and the tokens.
 * @throws CONFIG_INVALID when the environment switches them off.
 */
export function assertTlsIsChecked(env: Readonly<Record<string, string | undefined>>): void {
  if (env["NODE_TLS_REJECT_UNAUTHORIZED"] !== "0") return;
  throw new QboError(
    "CONFIG_INVALID",
    "NODE_TLS_REJECT_UNAUTHORIZED=0 switches off the protection of every secret on its way.",
    {
      hint: "Unset it. For an authority of your own, set NODE_EXTRA_CA_CERTS to its certificate.",
    },
  );
}
