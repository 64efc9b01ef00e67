import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeLeaf } from "../../../src/adapters/certificate/make-leaf.ts";
import { loopbackNames } from "../../../src/adapters/certificate/read-leaf.ts";
import type { OwnCertificateFiles } from "../../../src/core/certificates.ts";

/** Key and certificate of a leaf for this name, as texts. */
export async function makePair(name: string, now = Date.now()): Promise<{ key: string; certificate: string }> {
  const names = name === "localhost" ? loopbackNames : { dns: [name], ip: [] };
  const [key = "", certificate = ""] = (await makeLeaf(names, now)).split(/(?<=-----END PRIVATE KEY-----\n)/);
  return { key, certificate };
}

/** Writes two files as a user may have them. */
export function writePair(
  folder: string,
  { key, certificate }: { key: string; certificate: string },
): OwnCertificateFiles {
  mkdirSync(folder, { recursive: true });
  const files = { certificateFile: join(folder, "own-cert.pem"), keyFile: join(folder, "own-key.pem") };
  writeFileSync(files.certificateFile, certificate);
  writeFileSync(files.keyFile, key);
  return files;
}

/** What another tool may have put into a store for the same names: it signed itself, too, and is no authority. */
export function makeForeignLocalhost(folder: string): string {
  const words =
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=localhost -keyout /dev/null";
  const extensions = ["-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE"];
  const file = join(folder, "foreign.pem");
  execFileSync("openssl", [...words.split(" "), ...extensions, "-out", file], { stdio: "ignore" });
  return readFileSync(file, "utf8");
}

/** A certificate authority that another program made; answers its certificate's file. */
export function makeAuthority(folder: string): string {
  const file = join(folder, "authority.pem");
  const words =
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=somebody -keyout /dev/null -out";
  execFileSync("openssl", [...words.split(" "), file], { stdio: "ignore" });
  return file;
}
