import type { Certificates, ServerCertificate } from "../core/certificates.ts";
import type { Http } from "../core/http.ts";

const mostHops = 5;

/**
 * Follows the redirects from the consent page to the final page, as a browser would: the emulator consents by itself. Both servers are on
 * this machine, and each one's own certificate is the only one that is accepted from it.
 */
export async function giveConsent(
  http: Http,
  address: string,
  [emulator, certificates]: [ServerCertificate, Certificates],
): Promise<void> {
  const callback = await certificates.forCallback();
  const emulatorOrigin = new URL(address).origin;
  let next: string | undefined = address;
  for (let hop = 0; next !== undefined && hop < mostHops; hop += 1) {
    const url = new URL(next);
    const pinnedCertificate = url.origin === emulatorOrigin ? emulator.certificatePem : callback.certificatePem;
    const answer = await http.send({
      method: "GET",
      url: url.href,
      headers: { accept: "text/html" },
      pinnedCertificate,
    });
    const location = answer.headers["location"];
    next = location === undefined ? undefined : new URL(location, url).href;
  }
}
