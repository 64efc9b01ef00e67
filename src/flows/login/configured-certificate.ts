import type { ListenAddress } from "../../core/callback-server.ts";
import type { OwnCertificateFiles } from "../../core/certificates.ts";
import { QboError } from "../../core/errors.ts";
import type { World } from "../../core/world.ts";
import { isLoopbackName } from "../../oauth/loopback-name.ts";
import { type RedirectUri } from "../../oauth/redirect-uri.ts";
import type { Settings } from "../settings.ts";
import type { WayIn } from "./choose-way-in.ts";

interface Question {
  redirect: RedirectUri;
  way: WayIn;
  /** Where to listen, if that was said. */
  listen: ListenAddress | undefined;
}

/**
 * The certificate of the configuration, for a sign-in whose callback it is for: it is passed over where nothing listens or no TLS is
 * spoken, and for any name that it does not cover, such as that of a relay page.
 * @throws CONFIG_INVALID for half a pair, CERTIFICATE_UNUSABLE when the file cannot be read.
 */
export async function findConfiguredCertificate(
  world: Pick<World, "certificates" | "notices">,
  { tlsCert, tlsKey }: Pick<Settings, "tlsCert" | "tlsKey">,
  { redirect, way, listen }: Question,
): Promise<OwnCertificateFiles | undefined> {
  if (!tlsCert && !tlsKey) return undefined;
  if (way !== "callback" || listen?.scheme === "http" || isLoopbackName(redirect.hostname)) return undefined;
  if (!tlsCert || !tlsKey) {
    const missing = tlsCert ? "tlsKey" : "tlsCert";
    throw new QboError(
      "CONFIG_INVALID",
      `A certificate and its key go together, and the configuration has no ${missing}.`,
      { hint: `Set it: qbo config set ${missing} <file>` },
    );
  }
  const files = { certificateFile: tlsCert.value, keyFile: tlsKey.value };
  if (await (await world.certificates()).covers(files.certificateFile, redirect.hostname)) return files;
  world.notices.inform(
    `The certificate of the configuration (tlsCert) is not for ${redirect.hostname} and is not used.`,
  );
  return undefined;
}
