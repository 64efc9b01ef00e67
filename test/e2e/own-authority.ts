import "reflect-metadata";
import { KeyObject, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

const signing = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const hour = 3_600_000;

/** A certificate authority as companies have one, for the names of a test. */
export interface OwnAuthority {
  /** Its certificate in PEM: what belongs into NODE_EXTRA_CA_CERTS. */
  certificatePem: string;
  /** Key and certificate of a server with these names; numbers count as addresses. */
  issue(...names: string[]): Promise<{ key: string; cert: string }>;
}

export async function createOwnAuthority(): Promise<OwnAuthority> {
  const keys = await makeKeys();
  const [notBefore, notAfter] = [new Date(Date.now() - hour), new Date(Date.now() + hour)];
  const authority = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: "01",
      name: "CN=Authority of a test",
      notBefore,
      notAfter,
      signingAlgorithm: signing,
      keys,
      extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
    },
    webcrypto,
  );
  return {
    certificatePem: authority.toString("pem"),
    async issue(...names) {
      const own = await makeKeys();
      const leaf = await x509.X509CertificateGenerator.create(
        {
          serialNumber: "02",
          subject: "CN=Server of a test",
          issuer: authority.subject,
          notBefore,
          notAfter,
          signingAlgorithm: signing,
          publicKey: own.publicKey,
          signingKey: keys.privateKey,
          extensions: [
            new x509.SubjectAlternativeNameExtension(
              names.map((value) => ({ type: /^[\d.:]+$/.test(value) ? "ip" : "dns", value })),
            ),
          ],
        },
        webcrypto,
      );
      const key = KeyObject.from(own.privateKey).export({ type: "pkcs8", format: "pem" });
      return { key: String(key), cert: leaf.toString("pem") };
    },
  };
}

function makeKeys() {
  return webcrypto.subtle.generateKey(signing, true, ["sign", "verify"]);
}
