import { execFileSync } from "node:child_process";
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { readOwnCertificate } from "../../../src/adapters/certificate/own-certificate.ts";
import { day } from "../../../src/core/instant.ts";
import { makePair, writePair } from "./own-files.ts";

const name = "qbo.example.com";
const now = Date.parse("2026-03-01T12:00:00Z");
let own: { key: string; certificate: string };
let other: { key: string; certificate: string };

beforeAll(async () => {
  own = await makePair(name, now);
  other = await makePair("other.example.com", now);
});

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "qbo-own-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Reads the pair from files, as for a redirect URI with this host. */
const read = async (pair: { key: string; certificate: string }, hostname = name, at = now) =>
  readOwnCertificate(writePair(makeFolder(), pair), { hostname, now: at });

describe("a certificate of one's own", () => {
  it("is taken with its intermediates, in their order", async () => {
    const given = await read({ ...own, certificate: `remarks\n${own.certificate}${other.certificate}` });
    const [leaf, intermediate] = given.certificatePem.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g) ?? [];
    expect(new X509Certificate(leaf ?? "").fingerprint256).toBe(given.fingerprint);
    expect(new X509Certificate(intermediate ?? "").subject).toBe(new X509Certificate(other.certificate).subject);
    expect(given).toMatchObject({ keyPem: own.key, expiresAt: Date.parse(new X509Certificate(leaf ?? "").validTo) });
  });

  it("may come with its key in one file", async () => {
    const both = own.key + own.certificate;
    expect(await read({ key: both, certificate: both })).toMatchObject({ fingerprint: expect.any(String) });
  });

  it("may cover the name by a wildcard or be for an address", async () => {
    expect(await read(await makePair("*.example.com", now))).toBeDefined();
    const local = await makePair("localhost", now);
    for (const host of ["localhost", "127.0.0.1", "[::1]"]) expect(await read(local, host)).toBeDefined();
  });

  it("may have a key in the older forms", async () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const key = String(privateKey.export({ type: "pkcs1", format: "pem" }));
    await expect(read({ ...own, key })).rejects.toThrow("does not belong to the certificate");
  });
});

describe("what a browser would refuse is told in its own words:", () => {
  const encrypted = () =>
    String(
      generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({
        type: "pkcs8",
        format: "pem",
        cipher: "aes-256-cbc",
        passphrase: "a passphrase",
      }),
    );
  const cases: [what: string, pair: () => { key: string; certificate: string }, message: RegExp, hint: RegExp][] = [
    ["no certificate", () => ({ ...own, certificate: own.key }), /holds no certificate\.$/, /BEGIN CERTIFICATE/],
    ["nothing", () => ({ ...own, certificate: "" }), /holds no certificate\.$/, /inform der/],
    ["damage", () => ({ ...own, certificate: own.certificate.replace("MI", "XX") }), /is damaged\.$/, /anew/],
    ["no key", () => ({ ...own, key: own.certificate }), /holds no private key\.$/, /BEGIN PRIVATE KEY/],
    ["a damaged key", () => ({ ...own, key: own.key.replace("MI", "XX") }), /The key in .* is damaged\.$/, /anew/],
    ["an encrypted key", () => ({ ...own, key: encrypted() }), /is encrypted\.$/, /openssl pkey/],
    ["another's key", () => ({ ...own, key: other.key }), /does not belong to the certificate/, /made together/],
    ["the wrong order", () => ({ ...own, certificate: other.certificate + own.certificate }), /not the first/, /first/],
    ["another name", () => other, /is not for qbo\.example\.com.*DNS:other\.example\.com/, /alternative names/],
  ];
  it.each(cases)("%s", async (_what, pair, message, hint) => {
    await expect(read(pair())).rejects.toMatchObject({
      code: "CERTIFICATE_UNUSABLE",
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
  });

  it("a time that is past, or to come", async () => {
    await expect(read(own, name, now + 397 * day)).rejects.toThrow(/expired on 2027-04-02T11:55:00Z\.$/);
    await expect(read(own, name, now - day)).rejects.toThrow(/is not valid before 2026-03-01T11:55:00Z\.$/);
  });

  it("a common name alone", async () => {
    const folder = makeFolder();
    const files = { certificateFile: join(folder, "c.pem"), keyFile: join(folder, "k.pem") };
    const words = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=${name}`;
    execFileSync("openssl", [...words.split(" "), "-out", files.certificateFile, "-keyout", files.keyFile], {
      stdio: "ignore",
    });
    await expect(readOwnCertificate(files, { hostname: name, now: Date.now() })).rejects.toThrow("it covers no names");
  });

  it("a key that is too short for TLS", async () => {
    const folder = makeFolder();
    const files = { certificateFile: join(folder, "c.pem"), keyFile: join(folder, "k.pem") };
    const words = `req -x509 -newkey rsa:512 -nodes -days 30 -subj /CN=short -addext subjectAltName=DNS:${name}`;
    execFileSync("openssl", [...words.split(" "), "-out", files.certificateFile, "-keyout", files.keyFile], {
      stdio: "ignore",
    });
    await expect(readOwnCertificate(files, { hostname: name, now: Date.now() })).rejects.toThrow(
      "cannot be used for TLS",
    );
  });

  it("a file that cannot be read", async () => {
    const folder = makeFolder();
    mkdirSync(join(folder, "a-folder"));
    const good = writePair(folder, own);
    const ask = async (changes: object) => readOwnCertificate({ ...good, ...changes }, { hostname: name, now });
    await expect(ask({ certificateFile: join(folder, "gone") })).rejects.toThrow(
      /gone cannot be read: there is no such file\.$/,
    );
    await expect(ask({ keyFile: join(folder, "a-folder") })).rejects.toMatchObject({
      code: "CERTIFICATE_UNUSABLE",
      message: expect.stringMatching(/a-folder cannot be read: it is a folder\.$/),
    });
  });
});
