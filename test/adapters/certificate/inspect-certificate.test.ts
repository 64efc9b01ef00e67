import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { createCertificates } from "../../../src/adapters/certificate/certificates.ts";
import { inspectCertificate } from "../../../src/adapters/certificate/inspect-certificate.ts";
import { systemClock } from "../../../src/adapters/clock.ts";

it("tells of the certificate that lies there, and makes none", async () => {
  const folder = mkdtempSync(join(tmpdir(), "qbo-certificate-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "callback.pem");
  expect(inspectCertificate(folder)).toEqual({ kind: "none" });
  expect(existsSync(path)).toBe(false);
  const certificates = createCertificates({ folder, clock: systemClock });
  const { expiresAt, fingerprint } = await certificates.forCallback();
  const leaf = { kind: "leaf", path, expiresAt, fingerprint };
  expect(inspectCertificate(folder)).toMatchObject({ ...leaf, isTrusted: false });
  await certificates.writeTrust({ fingerprint, stores: ["a store"] });
  expect(inspectCertificate(folder)).toMatchObject({ ...leaf, isTrusted: true });
  writeFileSync(path, "damaged");
  expect(inspectCertificate(folder)).toEqual({ kind: "unusable", path });
});
