import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createCertificates } from "../../../src/adapters/certificate/certificates.ts";
import { systemClock } from "../../../src/adapters/clock.ts";
import { chooseCertificate } from "../../../src/flows/login/choose-certificate.ts";
import { readListenAddress, readRedirectUri } from "../../../src/oauth/redirect-uri.ts";

const address = readListenAddress("https://localhost:8722");

async function expectation(redirectUri: string, { isTrusted = false } = {}): Promise<string | null> {
  const folder = mkdtempSync(join(tmpdir(), "qbo-choose-certificate-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const certificates = createCertificates({ folder, clock: systemClock });
  const { fingerprint } = await certificates.forCallback();
  if (isTrusted) await certificates.writeTrust({ fingerprint, stores: ["a store"] });
  const redirect = readRedirectUri(redirectUri);
  return (
    await chooseCertificate(
      { certificates: async () => certificates, clock: systemClock },
      { redirect, address, tls: undefined },
    )
  ).expectation;
}

describe("what a person is told about the certificate", () => {
  it("is about localhost behind a relay page, too, and how to be warned no more", async () => {
    const [local, relayed] = [
      await expectation("https://localhost:8722/callback"),
      await expectation("https://pages.example.com/relay.html"),
    ];
    for (const text of [local, relayed]) {
      expect(text).toContain("the browser warns about the certificate of localhost");
      expect(text).toContain("qbo certs trust");
    }
    expect(local).not.toContain("--tls-cert");
    expect(relayed).toContain(
      "If pages.example.com itself points at this machine, give a certificate for it instead: --tls-cert",
    );
  });

  it.each(["https://localhost:8722/callback", "https://pages.example.com/relay.html"])(
    "is nothing when it is trusted: %s",
    async (redirectUri) => expect(await expectation(redirectUri, { isTrusted: true })).toBeNull(),
  );
});
