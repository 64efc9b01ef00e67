import type { ListenAddress } from "../../core/callback-server.ts";
import type { OwnCertificateFiles, ServerCertificate } from "../../core/certificates.ts";
import { formatInstant, day } from "../../core/instant.ts";
import type { World } from "../../core/world.ts";
import { isLoopbackName } from "../../oauth/loopback-name.ts";
import { type RedirectUri } from "../../oauth/redirect-uri.ts";

type Doors = Pick<World, "certificates" | "clock">;

export interface CertificateQuestion {
  redirect: RedirectUri;
  address: ListenAddress;
  tls: OwnCertificateFiles | undefined;
}

export interface CertificateChoice {
  /** Null for plain http. */
  certificate: ServerCertificate | null;
  /** What the person should know about it before the browser opens; null when nothing is out of the ordinary. */
  expectation: string | null;
}

/**
 * The certificate that the callback server shows. Throws CERTIFICATE_UNUSABLE for a given one that a browser would refuse, and for a
 * trusted one that has expired.
 */
export async function chooseCertificate(
  world: Doors,
  { redirect, address, tls }: CertificateQuestion,
): Promise<CertificateChoice> {
  if (address.scheme === "http") return { certificate: null, expectation: null };
  const certificates = await world.certificates();
  if (tls) return { certificate: await certificates.readOwn(tls, redirect.hostname), expectation: null };
  const certificate = await certificates.forCallback();
  const trust = await certificates.readTrust();
  const isTrusted = trust?.fingerprint === certificate.fingerprint;
  return {
    certificate,
    expectation: isTrusted
      ? announceEnd(certificate, world.clock.now())
      : announceWarning(certificate, redirect.hostname),
  };
}

/** With another name in the redirect URI, a page there sends the browser on to `localhost`, or that name points at this machine. */
function announceWarning({ fingerprint }: ServerCertificate, hostname: string): string {
  const isLocal = isLoopbackName(hostname);
  const wayOut = "To be warned no more: qbo certs trust";
  const ownName = `If ${hostname} itself points at this machine, give a certificate for it instead: --tls-cert and --tls-key`;
  return (
    `After consent the browser warns about the certificate of ${isLocal ? hostname : "localhost"}: qbo made it on this machine. Choose ` +
    `"Advanced", then "Proceed". Its SHA-256 fingerprint is\n  ${fingerprint}\n${isLocal ? wayOut : `${wayOut}. ${ownName}`}`
  );
}

function announceEnd({ expiresAt }: ServerCertificate, now: number): string | null {
  if (expiresAt - now > 7 * day) return null;
  return `The trusted certificate of this sign-in expires on ${formatInstant(expiresAt)}. To make a new one: qbo certs renew`;
}
