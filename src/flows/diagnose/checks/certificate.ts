import { day, formatInstant } from "../../../core/instant.ts";
import type { Check } from "../examination.ts";
import { pass, skip, warn } from "../finding.ts";
import { findListenAddress } from "../listen-address.ts";

const renewed = "The next sign-in makes a new one; to do it now: qbo doctor --fix";

/** The certificate of the local callback server, as it lies on disk. */
export const certificate: Check = {
  id: "certificate",
  title: "Certificate",
  purpose: "The certificate of the local callback server is usable and will be for a while.",
  needsNetwork: false,
  async run(examination) {
    if (findListenAddress(examination.app?.redirectUri)?.scheme !== "https")
      return skip("The redirect does not arrive here over https.");
    const found = await (await examination.world.machine()).inspectCertificate();
    if (found.kind === "none") return pass("None yet; the first sign-in makes one.");
    if (found.kind === "unusable") return warn(`${found.path} cannot be used as a certificate.`, renewed);
    const { expiresAt, validFrom, fingerprint } = found;
    if (expiresAt <= examination.now) return warn(`It expired on ${formatInstant(expiresAt)}.`, renewed);
    if (validFrom > examination.now)
      return warn(`It is not valid before ${formatInstant(validFrom)}: look at the clock.`, renewed);
    if (expiresAt - examination.now < 7 * day) return warn(`It expires on ${formatInstant(expiresAt)}.`, renewed);
    return pass(`Valid until ${formatInstant(expiresAt)}, SHA-256 ${fingerprint}.`);
  },
  async mend({ world }) {
    await (await world.certificates()).forCallback();
    return "A new certificate was made.";
  },
};
