import { X509Certificate } from "node:crypto";
import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createCertificates } from "../../../src/adapters/certificate/certificates.ts";
import { makeLeaf } from "../../../src/adapters/certificate/make-leaf.ts";
import { loopbackNames, parseLeaf } from "../../../src/adapters/certificate/read-leaf.ts";
import { day, minute } from "../../../src/core/instant.ts";
import type { Certificates } from "../../../src/core/certificates.ts";

const isWindows = process.platform === "win32";
const start = Date.parse("2026-03-01T12:00:00Z");
let home: string;
let folder: string;
let now: number;
let certificates: Certificates;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "qbo-certificates-"));
  folder = join(home, "state", "certificates");
  now = start;
  certificates = createCertificates({ folder, clock: { now: () => now, sleep: async () => {} } });
});
afterEach(async () => await rm(home, { recursive: true }));

async function modeOf(path: string): Promise<number> {
  return (await stat(path)).mode & 0o777;
}

describe("a new leaf", () => {
  test("proves this machine's loopback names and nothing else", async () => {
    const { certificatePem, fingerprint, expiresAt } = await certificates.forCallback();
    const certificate = new X509Certificate(certificatePem);
    expect(certificate.subject).toMatch(/^CN=qbo on this machine\nOU=[0-9a-f]{12}$/);
    expect(certificate.subjectAltName).toBe("DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1");
    expect(certificate.ca).toBe(false);
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
    expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: "prime256v1" });
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.fingerprint256).toBe(fingerprint);
    expect(fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    expect(Date.parse(certificate.validTo)).toBe(expiresAt);
    expect(Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)).toBe(397 * day);
    expect(Date.parse(certificate.validFrom)).toBe(start - 5 * minute);
  });

  test("has a positive random serial number", async () => {
    const serials = new Set<string>();
    for (let count = 0; count < 20; count += 1) {
      const leaf = parseLeaf(await makeLeaf(loopbackNames, start));
      serials.add(new X509Certificate(leaf?.certificatePem ?? "").serialNumber);
    }
    expect(serials.size).toBe(20);
    for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9A-F]{31}$/);
  });

  test.skipIf(isWindows)("has a key that only its owner can read, in a folder of his", async () => {
    await certificates.forCallback();
    expect(await modeOf(join(folder, "callback.pem"))).toBe(0o600);
    expect(await modeOf(folder)).toBe(0o700);
    expect(await readdir(folder)).toEqual(["callback.pem"]);
  });

  test("of the emulator is another one, and can be read without making it", async () => {
    expect(await certificates.readEmulatorCertificate()).toBeUndefined();
    const emulator = await certificates.forEmulator();
    expect(await certificates.readEmulatorCertificate()).toBe(emulator.certificatePem);
    expect((await certificates.forCallback()).fingerprint).not.toBe(emulator.fingerprint);
  });
});

describe("a good leaf", () => {
  test("is used again, byte for byte, as long as it has more than a week", async () => {
    const first = await certificates.forCallback();
    const bytes = await readFile(join(folder, "callback.pem"), "utf8");
    now = first.expiresAt - 7 * day - 1;
    expect(await certificates.forCallback()).toEqual(first);
    expect(await readFile(join(folder, "callback.pem"), "utf8")).toBe(bytes);
  });

  test.skipIf(isWindows)("that others could read is closed to them and kept", async () => {
    const first = await certificates.forCallback();
    await chmod(join(folder, "callback.pem"), 0o644);
    expect(await certificates.forCallback()).toEqual(first);
    expect(await modeOf(join(folder, "callback.pem"))).toBe(0o600);
  });
});

describe("a trusted leaf", () => {
  async function trustLeaf() {
    const leaf = await certificates.forCallback();
    await certificates.writeTrust({ fingerprint: leaf.fingerprint, stores: ["a store"] });
    return leaf;
  }

  test("is not replaced before its end, and then only by order", async () => {
    const first = await trustLeaf();
    now = first.expiresAt - day;
    expect(await certificates.forCallback()).toEqual(first);
    now = first.expiresAt;
    await expect(certificates.forCallback()).rejects.toMatchObject({
      code: "CERTIFICATE_UNUSABLE",
      message: expect.stringContaining("expired on 2027-04-02T11:55:00Z"),
      hint: expect.stringContaining("qbo certs renew"),
    });
    const next = await certificates.makeForCallback();
    expect(next.fingerprint).not.toBe(first.fingerprint);
    await certificates.keepForCallback(next);
    expect(await certificates.forCallback()).toEqual(next);
  });

  test("that is trusted no more, or of which the note cannot be read, renews itself", async () => {
    const first = await trustLeaf();
    now = first.expiresAt - day;
    await writeFile(join(folder, "trusted.json"), '{"version":1');
    expect(await certificates.readTrust()).toBeUndefined();
    const second = await certificates.forCallback();
    expect(second.fingerprint).not.toBe(first.fingerprint);
    await certificates.writeTrust({ fingerprint: second.fingerprint, stores: [] });
    await certificates.writeTrust(undefined);
    now = second.expiresAt;
    expect((await certificates.forCallback()).fingerprint).not.toBe(second.fingerprint);
  });

  test("that is damaged or gone is made anew: there is nothing left to be trusted", async () => {
    const first = await trustLeaf();
    await writeFile(join(folder, "callback.pem"), "damaged");
    expect((await certificates.forCallback()).fingerprint).not.toBe(first.fingerprint);
  });
});

describe("a leaf is replaced", () => {
  async function isReplaced(): Promise<boolean> {
    const before = await readFile(join(folder, "callback.pem"), "utf8");
    const leaf = await certificates.forCallback();
    const after = await readFile(join(folder, "callback.pem"), "utf8");
    expect(parseLeaf(after)).toEqual(leaf);
    expect(await certificates.forCallback()).toEqual(leaf);
    return after !== before;
  }

  test.each([
    ["within a week of its end", 397 * day - 7 * day],
    ["after its end", 400 * day],
    ["before its beginning", -day],
  ])("%s", async (_when, shift) => {
    await certificates.forCallback();
    now = start + shift;
    expect(await isReplaced()).toBe(true);
  });

  test("when it is damaged, alone, of another key, of other names or an authority's", async () => {
    // The authority is made by another program, at the real time: nothing but its nature may be wrong with it.
    now = Date.now();
    const own = await makeLeaf(loopbackNames, now);
    const stranger = await makeLeaf(loopbackNames, now);
    const [key = "", certificate = ""] = own.split(/(?<=-----END PRIVATE KEY-----\n)/);
    const [, otherCertificate = ""] = stranger.split(/(?<=-----END PRIVATE KEY-----\n)/);
    const faulty = [
      "",
      "nonsense",
      key,
      certificate,
      own.replace(/MI/g, "XX"),
      own.slice(0, -100),
      key + otherCertificate,
      await makeLeaf({ ...loopbackNames, dns: ["example.com"] }, now),
      await makeLeaf({ ...loopbackNames, ip: ["127.0.0.1"] }, now),
      await makeAuthority(),
    ];
    await mkdir(folder, { recursive: true });
    for (const pem of faulty) {
      await writeFile(join(folder, "callback.pem"), pem);
      expect(await isReplaced()).toBe(true);
    }
  });
});

/** A certificate for the right names that could sign others: nothing that qbo makes or would serve. */
async function makeAuthority(): Promise<string> {
  const key = join(home, "authority.key");
  const certificate = join(home, "authority.crt");
  const request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 4000 -subj /CN=authority";
  const names = "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1";
  const files = ["-keyout", key, "-out", certificate];
  await promisify(execFile)("openssl", [...request.split(" "), "-addext", names, ...files]);
  return (await readFile(key, "utf8")) + (await readFile(certificate, "utf8"));
}

test("many at once end with one pair that fits", async () => {
  const leaves = await Promise.all(
    Array.from({ length: 8 }, async () => {
      const clock = { now: () => now, sleep: async () => {} };
      return await createCertificates({ folder, clock }).forCallback();
    }),
  );
  const stored = parseLeaf(await readFile(join(folder, "callback.pem"), "utf8"));
  expect(stored).toBeDefined();
  expect(leaves.some(({ fingerprint }) => fingerprint === stored?.fingerprint)).toBe(true);
  expect(await readdir(folder)).toEqual(["callback.pem"]);
});

describe("what stands in the way is told", () => {
  test("a folder that is a file", async () => {
    await mkdir(join(home, "state"));
    await writeFile(folder, "in the way");
    await expect(certificates.forCallback()).rejects.toMatchObject({
      code: "CERTIFICATE_UNUSABLE",
      message: expect.stringContaining(join(folder, "callback.pem")),
      hint: expect.stringContaining(folder),
    });
  });

  test("a file that is a folder", async () => {
    await mkdir(join(folder, "emulator.pem"), { recursive: true });
    await expect(certificates.forEmulator()).rejects.toMatchObject({ code: "CERTIFICATE_UNUSABLE" });
    await expect(certificates.readEmulatorCertificate()).rejects.toMatchObject({ code: "CERTIFICATE_UNUSABLE" });
  });

  test("a file without a certificate is not the same as no file", async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "emulator.pem"), "");
    await expect(certificates.readEmulatorCertificate()).rejects.toMatchObject({ code: "CERTIFICATE_UNUSABLE" });
  });
});

test("using a good leaf does not load the library that makes one", async () => {
  await certificates.forCallback();
  const source = new URL("../../../src/adapters/certificate/", import.meta.url);
  for (const file of ["certificates.ts", "read-leaf.ts"]) {
    const text = await readFile(new URL(file, source), "utf8");
    expect(text).not.toMatch(/^import .*(@peculiar|reflect-metadata|make-leaf|write-file-atomic)/m);
  }
});
