import { day, formatMoment } from "../../../core/instant.ts";
import type { Check } from "../examination.ts";
import { pass, skip, warn } from "../finding.ts";
import { findListenAddress } from "../listen-address.ts";

const renewsItself = "The next sign-in makes a new one; to do it now: qbo doctor --fix";
const renewsByOrder = "Make a new one, which is trusted in its place: qbo certs renew";

/** The certificate of the local callback server, as it lies on disk. */
export const certificate: Check = {
  id: "certificate",
  title: "Certificate",
  purpose: "The certificate of the local callback server is usable and will be for a while.",
  needsNetwork: false,
  async run(examination) {
    if (findListenAddress(examination.app?.redirectUri)?.scheme !== "https")
      return skip(
        "The redirect does not arrive here over https, or under a name whose certificate qbo login is given.",
      );
    const found = await (await examination.world.machine()).inspectCertificate();
    if (found.kind === "none") return pass("None yet; the first sign-in makes one.");
    if (found.kind === "unusable") return warn(`${found.path} cannot be used as a certificate.`, renewsItself);
    const { expiresAt, validFrom, fingerprint, isTrusted } = found;
    const renewed = isTrusted ? renewsByOrder : renewsItself;
    if (expiresAt <= examination.now) return warn(`It expired on ${formatMoment(expiresAt)}.`, renewed);
    if (validFrom > examination.now)
      return warn(`It is not valid before ${formatMoment(validFrom)}: look at the clock.`, renewed);
    if (expiresAt - examination.now < 7 * day) return warn(`It expires on ${formatMoment(expiresAt)}.`, renewed);
    const trust = isTrusted
      ? "Browsers trust it (qbo certs status)"
      : "The browser warns about it, until it is trusted (qbo certs trust)";
    return pass(`Valid until ${formatMoment(expiresAt)}, SHA-256 ${fingerprint}. ${trust}.`);
  },
  async mend({ world }) {
    const found = await (await world.machine()).inspectCertificate();
    // A new one would not be trusted: that is for the person to decide.
    if (found.kind === "leaf" && found.isTrusted) return undefined;
    await (await world.certificates()).forCallback();
    return "A new certificate was made.";
  },
};
