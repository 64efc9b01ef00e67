import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../../src/adapters/clock.ts";
import { openDatabase } from "../../../src/adapters/postgres/database.ts";
import { toTeamStoreError } from "../../../src/adapters/postgres/failure.ts";
import { Secret } from "../../../src/core/secret.ts";

it("is opened anew after what its address names was not there", async () => {
  const folder = mkdtempSync(join(tmpdir(), "qbo-database-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const rootFile = join(folder, "ca.pem");
  const url = new Secret(`postgres://me@127.0.0.1:1/x?sslmode=verify-full&sslrootcert=${rootFile}`);
  const address = { text: "postgres://me@127.0.0.1:1/x", url, env: {} };
  const database = openDatabase({ address, clock: systemClock, applicationName: "x" });
  await expect(database.query("SELECT 1")).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  writeFileSync(rootFile, "an authority");
  await expect(database.query("SELECT 1")).rejects.toMatchObject({
    code: "STORE_UNAVAILABLE",
    details: { isStoreAway: true },
  });
});

const fail = (message: string, code?: string) => Object.assign(new Error(message), code === undefined ? {} : { code });

it.each([
  ["refused", fail("connect ECONNREFUSED", "ECONNREFUSED"), true],
  ["reset", fail("read ECONNRESET", "ECONNRESET"), true],
  ["cut off", fail("Connection terminated unexpectedly"), true],
  ["shut down by its administrator", fail("terminating connection", "57P01"), true],
  ["still starting", fail("the database system is starting up", "57P03"), true],
  ["a standby that is about to take over", fail("cannot execute UPDATE in a read-only transaction", "25006"), true],
  ["silent", fail("timeout exceeded when trying to connect"), true],
  ["not trusted", fail("self-signed certificate", "DEPTH_ZERO_SELF_SIGNED_CERT"), false],
  ["without a password", fail("SASL: client password must be a string"), false],
  ["given a wrong password", fail("password authentication failed", "28P01"), false],
  ["full", fail("could not extend file", "53100"), false],
])("a server that is %s is away for a moment: %s %s", (_what, error, isAway) => {
  expect(toTeamStoreError(error, "x").details.isStoreAway === true).toBe(isAway);
});
