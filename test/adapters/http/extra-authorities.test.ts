import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { inspectExtraAuthorities } from "../../../src/adapters/http/extra-authorities.ts";
import { makePair } from "../certificate/own-files.ts";

function writeAuthorities(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "qbo-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "authorities.pem");
  writeFileSync(path, text);
  return path;
}

const inspect = (path: string) => inspectExtraAuthorities({ NODE_EXTRA_CA_CERTS: path });

test("certificates are counted, whatever stands around them", async () => {
  const { certificate } = await makePair("localhost");
  const path = writeAuthorities(`# Our own\n${certificate}\n${certificate}`);
  expect(inspect(path)).toEqual({ path, kind: "usable", count: 2 });
});

test("what is no certificate is told apart", async () => {
  const { key, certificate } = await makePair("localhost");
  expect(inspect(writeAuthorities(key))).toMatchObject({ kind: "no-certificate" });
  expect(inspect(writeAuthorities(certificate.replace(/\n.{20}/, "\n")))).toMatchObject({ kind: "damaged" });
});

test("a file that is not there is told apart from one that cannot be read", () => {
  const path = writeAuthorities("x");
  expect(inspect(`${path}-not`)).toMatchObject({ kind: "missing" });
  mkdirSync(`${path}-folder`);
  expect(inspect(`${path}-folder`)).toMatchObject({ kind: "unreadable" });
});

test("an empty variable is none", () => expect([inspectExtraAuthorities({}), inspect("")]).toEqual([null, null]));
