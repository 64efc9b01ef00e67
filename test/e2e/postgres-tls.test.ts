// needs: postgresql
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeLeaf } from "../../src/adapters/certificate/make-leaf.ts";
import { type Cluster, startCluster, type TeamDatabase } from "./postgres-cluster.ts";
import { createHome, readAnswer, readError, runQbo } from "./qbo-process.ts";

let cluster: Cluster;
let database: TeamDatabase;
beforeAll(async () => {
  // For the name and for no IP address.
  const certificate = await makeLeaf({ dns: ["localhost"], ip: [] }, Date.now());
  const settings = ["ssl = on", "ssl_cert_file = 'server.pem'", "ssl_key_file = 'server.pem'"];
  cluster = await startCluster(settings, (folder, own) => {
    const path = join(folder, "data", "server.pem");
    writeFileSync(path, certificate, { mode: 0o600 });
    own(path);
    writeFileSync(join(folder, "ca.pem"), certificate.slice(certificate.indexOf("-----BEGIN CERTIFICATE")));
    const rules = ["hostnossl all keeper all reject", "host all all all scram-sha-256", "local all all scram-sha-256"];
    writeFileSync(join(folder, "data", "pg_hba.conf"), `${rules.join("\n")}\n`);
  });
  database = await cluster.createDatabase();
});
afterAll(() => cluster?.close());

const initialise = (address: string) =>
  runQbo(["store", "init", "--json"], { home: createHome(), env: { QBO_STORE: address } });
const named = (parameters: string) => database.address("keeper", parameters).replace("127.0.0.1", "localhost");

test("a server proves who it is by a certificate of the given authority, for its own name", async () => {
  const root = `sslrootcert=${join(cluster.folder, "ca.pem")}`;
  const answer = readAnswer(await initialise(named(`?sslmode=verify-full&${root}`)));
  expect(answer).toMatchObject({ outcome: "created", store: expect.not.stringContaining("ssl") });
  expect(readAnswer(await initialise(named(`?sslmode=require&${root}`)))).toMatchObject({ outcome: "current" });
});

test.each<[string, () => string, RegExp]>([
  ["an authority that is unknown here", () => named("?sslmode=verify-full"), /nobody vouches for|unknown here/],
  [
    "an authority that is unknown here, however little was asked for",
    () => named("?sslmode=require"),
    /nobody vouches/,
  ],
  [
    "another host's certificate",
    () => database.address("keeper", `?sslmode=verify-full&sslrootcert=${join(cluster.folder, "ca.pem")}`),
    /certificate for another host/,
  ],
  ["a server that wants TLS where none was asked for", () => named("?sslmode=disable"), /does not let this role in/],
])("%s is refused before the password is sent", async (_, address, message) => {
  const error = readError(await initialise(address()));
  expect(error).toMatchObject({ code: "STORE_UNAVAILABLE", exitCode: 7, message: expect.stringMatching(message) });
});

test("without TLS no other machine is spoken to", async () => {
  const error = readError(await initialise("postgres://keeper:keeper-of-tests@db.example.com/x?sslmode=disable"));
  expect(error).toMatchObject({ code: "CONFIG_INVALID", message: expect.stringContaining("not on this machine") });
  expect(error.message).not.toContain("keeper-of-tests");
});
