import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { makeLeaf } from "../../../src/adapters/certificate/make-leaf.ts";
import { readAddress } from "../../../src/adapters/postgres/address.ts";
import { readStoreName } from "../../../src/core/store-name.ts";

function read(address: string, env: Record<string, string> = {}) {
  const name = readStoreName(address);
  if (name?.kind !== "postgres") throw new Error(`${address} is no address`);
  return readAddress({ text: name.text, url: name.address, env });
}

describe("the address of a team store", () => {
  it.each([
    ["postgres://me@localhost/qbo", { host: "localhost", port: 5432, user: "me", database: "qbo" }],
    ["postgresql://me:p%40ss%2Fword@localhost:6000/q%20b", { port: 6000, password: "p@ss/word", database: "q b" }],
    ["postgres://[::1]:6000", { host: "::1", port: 6000 }],
    ["postgres://me@%2Fvar%2Frun%2Fpostgresql/qbo", { host: "/var/run/postgresql", ssl: false }],
  ])("%s", (address, expected) => {
    expect(read(address)).toMatchObject(expected);
  });

  it("takes the password of the URL before that of PGPASSWORD", () => {
    expect(read("postgres://me:of-the-url@localhost/x", { PGPASSWORD: "of-the-variable" }).password).toBe("of-the-url");
    expect(read("postgres://me@localhost/x", { PGPASSWORD: "of-the-variable" }).password).toBe("of-the-variable");
    expect(read("postgres://me@localhost/x").password).toBeUndefined();
  });

  it.each(["localhost", "127.0.0.1", "127.9.9.9", "[::1]", "%2Ftmp"])("needs no TLS on this machine: %s", (host) => {
    expect(read(`postgres://me@${host}/x`).ssl).toBe(false);
    expect(read(`postgres://me@${host}/x?sslmode=disable`).ssl).toBe(false);
    expect(read(`postgres://me@${host}/x?sslmode=verify-full`).ssl).toMatchObject({ rejectUnauthorized: true });
  });

  it.each(["", "?sslmode=require", "?sslmode=verify-ca", "?sslmode=verify-full", "?sslrootcert=system"])(
    "always asks another machine for proof: %s",
    (parameters) => {
      expect(read(`postgres://me@db.example.com/x${parameters}`).ssl).toMatchObject({ rejectUnauthorized: true });
    },
  );

  it.each([
    ["db.example.com", "?sslmode=disable", /not on this machine/],
    ["127.0.0.1.example.com", "?sslmode=disable", /not on this machine/],
    ["localhost.example.com", "?sslmode=disable", /not on this machine/],
    ["128.0.0.1", "?sslmode=disable", /not on this machine/],
    ["db.example.com", "?sslmode=prefer", /does not insist/],
    ["localhost", "?sslmode=allow", /does not insist/],
    ["localhost", "?host=db.example.com", /parameter host/],
    ["localhost", "?options=-csearch_path", /parameter options/],
    ["db.example.com", "?sslrootcert=/nowhere/ca.pem", /cannot be read/],
    ["db.example.com", "%zz", /hex digits/],
  ])("%s%s is refused", (host, rest, message) => {
    expect(() => read(`postgres://me@${host}/x${rest}`)).toThrow(message);
  });

  it("trusts the given authority instead of the system's, and holds the certificate against the given host", async () => {
    const folder = mkdtempSync(join(tmpdir(), "qbo-root-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, "ca.pem"), "an authority");
    const { ssl } = read(`postgres://me@10.0.0.9/x?sslrootcert=${join(folder, "ca.pem")}`);
    expect(ssl).toMatchObject({ ca: "an authority", rejectUnauthorized: true });
    const check = typeof ssl === "object" ? ssl.checkServerIdentity : undefined;
    const pem = await makeLeaf({ dns: ["localhost"], ip: [] }, Date.now());
    const certificate = new X509Certificate(pem.slice(pem.indexOf("-----BEGIN CERTIFICATE"))).toLegacyObject();
    expect(String(check?.("localhost", certificate))).toMatch(/10\.0\.0\.9/);
  });
});
