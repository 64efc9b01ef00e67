import { day, formatMoment } from "../../../core/instant.ts";
import { hasCode } from "../../../core/errors.ts";
import { isLoopbackName } from "../../../oauth/loopback-name.ts";
import type { Check, Examination } from "../examination.ts";
import { pass, skip, warn, type CheckResult } from "../check-result.ts";
import { findListenAddress } from "../listen-address.ts";

const renewsItself = "The next sign-in makes a new one; to do it now: qbo doctor --fix";
const renewsByOrder = "Make a new one, which is trusted in its place: qbo certs renew";

/** The certificate of the configuration; undefined where there is none for the name in the redirect URI. */
async function judgeOwn({ app, settings, world, now }: Examination): Promise<CheckResult | undefined> {
  const [certificateFile, keyFile] = [settings.tlsCert?.value, settings.tlsKey?.value];
  const hostname = findHostname(app?.redirectUri);
  if (certificateFile === undefined || keyFile === undefined || hostname === undefined) return undefined;
  try {
    const certificates = await world.certificates();
    if (!(await certificates.covers(certificateFile, hostname))) return undefined;
    const { expiresAt } = await certificates.readOwn({ certificateFile, keyFile }, hostname);
    const detail = `Your own for ${hostname} is valid until ${formatMoment(expiresAt)}.`;
    return expiresAt - now < 7 * day ? warn(detail, "Renew it where it came from.") : pass(detail);
  } catch (error) {
    if (!hasCode(error, "CERTIFICATE_UNUSABLE")) throw error;
    return warn(error.message, error.hint);
  }
}

/** The name in a redirect URI that is a name of one's own. */
function findHostname(redirectUri: string | undefined): string | undefined {
  const hostname = redirectUri !== undefined && URL.canParse(redirectUri) ? new URL(redirectUri).hostname : undefined;
  return hostname === undefined || isLoopbackName(hostname) ? undefined : hostname;
}

/** The certificate of the local callback server, as it lies on disk. */
export const certificate: Check = {
  id: "certificate",
  title: "Certificate",
  purpose: "The certificate of the local callback server is usable and will be for a while.",
  needsNetwork: false,
  async run(examination) {
    const own = await judgeOwn(examination);
    if (own) return own;
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
  async mend({ world, ...examination }) {
    // Of one's own certificate nothing can be mended here.
    if (await judgeOwn({ ...examination, world })) return undefined;
    const found = await (await world.machine()).inspectCertificate();
    // A new one would not be trusted: that is for the person to decide.
    if (found.kind === "leaf" && found.isTrusted) return undefined;
    await (await world.certificates()).forCallback();
    return "A new certificate was made.";
  },
};
