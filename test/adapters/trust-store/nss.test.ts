import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { findDatabases } from "../../../src/adapters/trust-store/nss-databases.ts";
import { readListing } from "../../../src/adapters/trust-store/nss-place.ts";

const [one, two] = ["a".repeat(64), "b".repeat(64)];

describe("what certutil lists", () => {
  it("is ours by its whole name only, and trusted as a peer for TLS only", () => {
    const listing = [
      "Certificate Nickname                                         Trust Attributes",
      "                                                             SSL,S/MIME,JAR/XPI",
      "",
      `qbo callback ${one} P,,  `,
      `qbo callback ${two} ,P,  `,
      `my qbo callback ${one}                                       P,,  `,
      `qbo callback ${"c".repeat(63)}                               P,,  `,
      `qbo callback ${one} of somebody                              P,,  `,
      "somebody else                                                CT,C,C",
    ].join("\n");
    expect(readListing(listing)).toEqual([
      { nickname: `qbo callback ${one}`, isTrusted: true },
      { nickname: `qbo callback ${two}`, isTrusted: false },
    ]);
  });
});

describe("NSS databases", () => {
  function makeHome(...folders: string[]): string {
    const home = mkdtempSync(join(tmpdir(), "qbo-nss-"));
    onTestFinished(() => rmSync(home, { recursive: true, force: true }));
    for (const folder of folders) {
      mkdirSync(join(home, folder), { recursive: true });
      writeFileSync(join(home, folder, "cert9.db"), "");
    }
    return home;
  }

  it("are those that exist, each once, wherever the data folder is", () => {
    const home = makeHome(".pki/nssdb", "data/pki/nssdb", "snap/brave/current/.pki/nssdb", ".var/app/x/.pki/nssdb");
    mkdirSync(join(home, "snap/empty/current/.pki/nssdb"), { recursive: true });
    writeFileSync(join(home, "snap/README"), "");
    const find = (data?: string) =>
      findDatabases({ home, env: { XDG_DATA_HOME: data } }).map((path) => path.slice(home.length + 1));
    expect(find()).toEqual([".pki/nssdb", "snap/brave/current/.pki/nssdb", ".var/app/x/.pki/nssdb"]);
    expect(find(join(home, "data"))).toEqual([
      ".pki/nssdb",
      "data/pki/nssdb",
      "snap/brave/current/.pki/nssdb",
      ".var/app/x/.pki/nssdb",
    ]);
    expect(find("relative")).toEqual(find());
    expect(findDatabases({ home, env: { XDG_DATA_HOME: dirname(home) } })).toHaveLength(3);
  });

  it("are none in a home without browsers", () => {
    expect(findDatabases({ home: makeHome(), env: {} })).toEqual([]);
  });
});
