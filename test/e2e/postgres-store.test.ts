// needs: postgresql
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/adapters/clock.ts";
import { openDatabase } from "../../src/adapters/postgres/database.ts";
import { selectLines } from "../../src/adapters/postgres/journal-sql.ts";
import { initialise, migrations } from "../../src/adapters/postgres/schema.ts";
import { schemaVersion } from "../../src/adapters/postgres/sheet.ts";
import { createTeamStore } from "../../src/adapters/postgres/team-store.ts";
import { createSealer } from "../../src/adapters/vault/store-key-sealer.ts";
import type { EventQuery } from "../../src/core/journal-query.ts";
import { Secret } from "../../src/core/secret.ts";
import { readStoreName } from "../../src/core/store-name.ts";
import type { TeamStore } from "../../src/core/team-store.ts";
import { testCredentialStore } from "../contract/credential-store.ts";
import { testJournal } from "../contract/journal.ts";
import { exampleFacts } from "../core/example-facts.ts";
import { describeAddress, keyOf, openTeamStore, prepareDatabase } from "./open-team-store.ts";
import { type Cluster, passwords, startCluster } from "./postgres-cluster.ts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster?.close());

const open = openTeamStore;
const prepare = () => prepareDatabase(cluster);

testCredentialStore("a PostgreSQL database, as a role that was granted what is needed", async () => {
  const database = await prepare();
  return {
    store: open(database.address("member")).credentials,
    twin: open(database.address("member")).credentials,
    unreachable: open(database.address("member").replace(/:\d+\//, ":1/")).credentials,
    close: async () => undefined,
  };
});

testJournal("a PostgreSQL database", async (now) => {
  const database = await prepare();
  return openTeamStore(database.address("member"), { clock: { ...systemClock, now } }).journal;
});

it("finds the events of one connection, of one sort and of one time by an index", async () => {
  const database = await prepare();
  const address = describeAddress(database.address("keeper"));
  const asked = openDatabase({ address, clock: systemClock, applicationName: "x" });
  await database.query(`INSERT INTO qbo.event (connection, line)
    SELECT 'a/b/' || n % 100, '{"at":"' || 2000 + n / 100 || '-01-01T00:00:00Z","event":"kind' || n % 500 || '"}'
    FROM generate_series(1, 10000) AS n`);
  await database.query("ANALYZE qbo.event");
  const explain = async (query: EventQuery) => {
    const { sql, values } = selectLines([query]);
    return JSON.stringify(await asked.query(`EXPLAIN ${sql}`, values));
  };
  expect(await explain({ connection: "a/b/1", limit: 50 })).toContain("event_by_connection");
  expect(await explain({ events: ["code-exchanged"] })).toContain("event_by_kind");
  expect(await explain({ since: Date.parse("2099-06-01T00:00:00Z") })).toContain("event_by_time");
});

describe("qbo store init", () => {
  it("makes the tables once, also when several do it at the same time", async () => {
    const database = await cluster.createDatabase();
    const all = await Promise.all([1, 2, 3].map(() => open(database.address("keeper")).initialise()));
    expect(all.map(({ outcome }) => outcome).toSorted()).toEqual(["created", "current", "current"]);
    expect(new Set(all.map(({ keyId }) => keyId)).size).toBe(1);
    expect(await database.query("SELECT version FROM qbo.store")).toEqual([{ version: schemaVersion }]);
    expect(migrations).toHaveLength(schemaVersion);
  });

  it("takes each step of a newer version once, all or none", async () => {
    const database = await prepare();
    const parts = { text: "the store", sealer: createSealer({ storeKey: keyOf(1), store: "x" }) };
    const connect = () =>
      openDatabase({
        address: describeAddress(database.address("keeper")),
        clock: systemClock,
        applicationName: "x",
      });
    const broken = [...migrations, "CREATE TABLE qbo.next (a text)", "CREATE TABEL qbo.mistake ()"];
    await expect(initialise(connect(), { ...parts, steps: broken })).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
    });
    expect(await database.query("SELECT to_regclass('qbo.next') AS next")).toEqual([{ next: null }]);
    const [version, next] = [schemaVersion, schemaVersion + 1];
    const steps = broken.slice(0, next);
    expect(await initialise(connect(), { ...parts, steps })).toMatchObject({
      outcome: "migrated",
      versionBefore: version,
      version: next,
    });
    expect(await initialise(connect(), { ...parts, steps })).toMatchObject({ outcome: "current", version: next });
  });

  it("leaves the tables of a newer qbo alone, and so does everything else", async () => {
    const database = await prepare();
    await database.query("UPDATE qbo.store SET version = 99");
    const store = open(database.address("member"));
    const attempts = [
      () => store.initialise(),
      () => store.facts.list(),
      () => store.facts.create(exampleFacts),
      () => store.credentials.probe({ mayAsk: false }),
    ];
    const newer = { code: "STORE_CORRUPT", message: expect.stringContaining("newer qbo") };
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject(newer);
  });

  it("is asked for where the tables are missing, or an older qbo's", async () => {
    const database = await cluster.createDatabase();
    const { facts, credentials, journal } = open(database.address("keeper"));
    const missing = { code: "STORE_UNAVAILABLE", hint: expect.stringContaining("qbo store init") };
    for (const attempt of [() => facts.list(), () => credentials.load("a/b/1"), () => journal.read({})])
      await expect(attempt()).rejects.toMatchObject(missing);
    await open(database.address("keeper")).initialise();
    await database.query("UPDATE qbo.store SET version = 0");
    await expect(facts.list()).rejects.toMatchObject(missing);
  });
});

describe("the key", () => {
  it("must be the store's, and the message names both", async () => {
    const database = await prepare();
    const right = open(database.address("member"));
    await right.credentials.writeClientSecret("AB1", new Secret("client-secret-of-tests"));
    const wrong = open(database.address("member"), { storeKey: keyOf(2) });
    const other = { code: "STORE_CORRUPT", message: expect.stringMatching(/sealed with another key \([0-9a-f]{8}\)/) };
    await expect(wrong.credentials.readClientSecret("AB1")).rejects.toMatchObject(other);
    await expect(wrong.credentials.writeClientSecret("AB2", new Secret("another secret"))).rejects.toMatchObject(other);
    await expect(wrong.initialise()).rejects.toMatchObject(other);
    const none = createSealer({ storeKey: undefined, store: "x" });
    await expect(none.identify("")).rejects.toMatchObject({ hint: expect.stringContaining("qbo store keygen") });
  });

  it("may be a passphrase, stretched with the store's own salt", async () => {
    const database = await cluster.createDatabase();
    const storeKey = new Secret("correct horse battery staple");
    const store = open(database.address("keeper"), { storeKey });
    await store.initialise();
    await store.credentials.writeClientSecret("AB1", new Secret("kept well"));
    const found = await open(database.address("keeper"), { storeKey }).credentials.readClientSecret("AB1");
    expect(found?.reveal()).toBe("kept well");
  });

  it("opens no record under another name than its own", async () => {
    const database = await prepare();
    const { credentials } = open(database.address("member"));
    await credentials.writeClientSecret("AB1", new Secret("client-secret-of-tests"));
    await database.query("UPDATE qbo.secret SET key = 'client/AB2'");
    await expect(credentials.readClientSecret("AB2")).rejects.toMatchObject({ code: "STORE_CORRUPT" });
  });
});

describe("another key for the store", () => {
  const newKey = createSealer({ storeKey: keyOf(2), store: "x" });

  it("opens what the old one has sealed; the old one opens nothing any more", async () => {
    const database = await prepare();
    const store = open(database.address("keeper"));
    await store.credentials.writeClientSecret("AB1", new Secret("client-secret-of-tests"));
    expect(await store.reseal(newKey)).toMatchObject({ records: 1 });
    expect(await store.reseal(newKey)).toMatchObject({ records: 0 });
    const other = { code: "STORE_CORRUPT", message: expect.stringContaining("sealed with another key") };
    await expect(store.credentials.readClientSecret("AB1")).rejects.toMatchObject(other);
    await expect(store.credentials.writeClientSecret("AB1", new Secret("with the old key"))).rejects.toMatchObject(
      other,
    );
    const renewed = open(database.address("member"), { storeKey: keyOf(2) });
    expect((await renewed.credentials.readClientSecret("AB1"))?.reveal()).toBe("client-secret-of-tests");
  });

  it("comes for all records or for none", async () => {
    const database = await prepare();
    const store = open(database.address("keeper"));
    for (const id of ["AB1", "AB2"])
      await store.credentials.writeClientSecret(id, new Secret(`client secret of ${id}`));
    await database.query("UPDATE qbo.secret SET key = 'client/AB3' WHERE key = 'client/AB2'");
    await expect(store.reseal(newKey)).rejects.toMatchObject({ code: "STORE_CORRUPT" });
    expect((await store.credentials.readClientSecret("AB1"))?.reveal()).toBe("client secret of AB1");
  });

  it("waits for who holds a connection", async () => {
    const database = await prepare();
    const store = open(database.address("keeper"));
    let resealed: Promise<unknown> | undefined;
    await store.credentials.exclusively("a/b/1", async (held) => {
      resealed = store.reseal(newKey);
      await new Promise((resolve) => setTimeout(resolve, 100));
      const refreshToken = {
        secret: new Secret("a-refresh-token"),
        expiresAt: null,
        rotatedAt: 0,
        hardExpiresAt: null,
      };
      await held.save({ generation: 1, accessToken: null, refreshToken }, { after: 0 });
    });
    expect(await resealed).toMatchObject({ records: 1 });
    const renewed = open(database.address("member"), { storeKey: keyOf(2) });
    expect(await renewed.credentials.load("a/b/1")).toMatchObject({ generation: 1 });
  });
});

describe("what cannot be used says so", () => {
  it.each<[string, (address: string) => string, RegExp]>([
    ["nobody listens", (address) => address.replace(/:\d+\//, ":1/"), /nothing listens/],
    ["the password is wrong", (address) => address.replace(/:[^:@/]+@/, ":mistyped-password@"), /refused the password/],
    ["there is no password", (address) => address.replace(/:[^:@/]+@/, "@"), /asks for a password/],
    ["there is no such role", (address) => address.replace("keeper", "nobody"), /refused the password|role/],
    ["there is no such database", (address) => address.replace(/\/\w+$/, "/nowhere"), /has no such database/],
    ["the role may not look", (address) => address, /denies this role/],
    ["the server has no TLS", (address) => `${address}?sslmode=verify-full`, /offers no TLS/],
  ])("%s", async (_, change, message) => {
    const database = await prepare();
    const role = message.source.includes("denies") ? "member" : "keeper";
    if (role === "member") await database.query("REVOKE ALL ON qbo.connection FROM member");
    const attempt = open(change(database.address(role))).facts.list();
    await expect(attempt).rejects.toMatchObject({ code: "STORE_UNAVAILABLE", message: expect.stringMatching(message) });
    await attempt.catch((error: Error) => expect(error.message).not.toMatch(/of-tests|mistyped/));
  });

  it("finds the password in PGPASSWORD, and the server at its socket", async () => {
    const database = await prepare();
    const socket = `postgres://member@${encodeURIComponent(cluster.folder)}:${cluster.port}/${database.name}`;
    const address = describeAddress(socket, { PGPASSWORD: passwords.member });
    const sealer = createSealer({ storeKey: keyOf(1), store: "x" });
    const store = createTeamStore({ address, sealer, clock: systemClock, host: "one", pid: 1 });
    expect(await store.facts.list()).toEqual([]);
  });
});

describe("what is shared", () => {
  it("reads the same for everybody, by whatever address and as whichever role they come", async () => {
    const database = await prepare();
    const [one, two] = [open(database.address("keeper")), open(database.address("member"), { host: "two" })];
    const name = readStoreName(database.address("keeper"))?.text ?? "";
    await one.facts.create({ ...exampleFacts, store: name });
    const theirs = readStoreName(database.address("member"))?.text;
    expect(await two.facts.list()).toEqual([{ ...exampleFacts, store: theirs }]);
    expect(await one.facts.read(exampleFacts.name)).toEqual({ ...exampleFacts, store: name });
    await expect(two.facts.create({ ...exampleFacts, id: "a/b/2" })).rejects.toMatchObject({ code: "USAGE" });
    const add = (store: TeamStore) =>
      store.facts.update(exampleFacts.name, (facts) => ({ ...facts, scopes: [...facts.scopes, "x"] }));
    await Promise.all([add(one), add(two), add(one), add(two)]);
    expect((await one.facts.read(exampleFacts.name))?.scopes).toHaveLength(exampleFacts.scopes.length + 4);
    await one.facts.create({ ...exampleFacts, name: "taken" });
    await expect(two.facts.rename(exampleFacts.name, "taken")).rejects.toMatchObject({ code: "USAGE" });
    await two.facts.rename(exampleFacts.name, "renamed");
    expect((await one.facts.list()).map((facts) => facts.name)).toEqual(["renamed", "taken"]);
    expect([await one.facts.remove("taken"), await two.facts.remove("taken")]).toEqual([true, false]);
    expect(await one.facts.update("taken", (facts) => facts)).toBeUndefined();
    await one.clients.write({ clientId: "AB1", store: name });
    expect(await two.clients.read("AB1")).toEqual({ clientId: "AB1", store: theirs });
    await two.clients.remove("AB1");
    expect(await one.clients.read("AB1")).toBeUndefined();
  });

  it("names the records that are damaged and where they lie, and finds the others all the same", async () => {
    const database = await prepare();
    const store = open(database.address("keeper"));
    await store.facts.create({ ...exampleFacts, name: "good" });
    await database.query(
      `INSERT INTO qbo.connection (name, id, facts) VALUES ('bad', 'a', '{'), (E'No\\x1b[31mName', 'b', '{}'), ('later', 'c', '{"version":99}')`,
    );
    const { facts, damaged } = await store.facts.survey();
    expect(facts.map(({ name }) => name)).toEqual(["good"]);
    expect(new Set(await store.facts.names())).toEqual(new Set([...facts, ...damaged].map(({ name }) => name)));
    expect(damaged.map(({ name, error }) => [name, error.code])).toEqual([
      ["No\\u001b[31mName", "STORE_CORRUPT"],
      ["bad", "STORE_CORRUPT"],
      ["later", "STORE_CORRUPT"],
    ]);
    for (const { error } of damaged) expect(error.message).toContain("in the table qbo.connection of the team store");
    expect(damaged[1]?.error.hint).toContain("qbo login --name bad");
    expect(damaged[2]?.error.hint).toMatch(/[Uu]pdate qbo/);
    await expect(store.facts.list()).rejects.toMatchObject({ code: "STORE_CORRUPT" });
    await expect(store.facts.read("bad")).rejects.toMatchObject({ code: "STORE_CORRUPT" });
    expect(await store.facts.read("good")).toMatchObject({ name: "good" });
  });

  it("remembers what happened on each machine, and forgets a connection", async () => {
    const database = await prepare();
    const [one, two] = [open(database.address("member")), open(database.address("member"), { host: "two" })];
    const blank = { outcome: null, tokenBefore: null, tokenAfter: null, intuitTid: null, detail: null };
    await one.journal.append({ ...blank, connection: "a/b/1", event: "refreshed" });
    await two.journal.append({ ...blank, connection: "a/b/2", event: "refresh-rejected" });
    const seen = await one.journal.read({});
    expect(seen.map(({ connection, host }) => [connection, host])).toEqual([
      ["a/b/1", "one"],
      ["a/b/2", "two"],
    ]);
    await one.journal.forget("a/b/1");
    expect(await two.journal.read({})).toHaveLength(1);
  });

  it("brings tables of the first version up to date, with what is in them", async () => {
    const database = await cluster.createDatabase();
    const connect = () =>
      openDatabase({ address: describeAddress(database.address("keeper")), clock: systemClock, applicationName: "x" });
    const parts = { text: "the store", sealer: createSealer({ storeKey: keyOf(1), store: "x" }) };
    await initialise(connect(), { ...parts, steps: migrations.slice(0, 1) });
    const store = open(database.address("keeper"));
    const old = { code: "STORE_UNAVAILABLE", hint: expect.stringContaining("qbo store init") };
    await expect(store.journal.read({})).rejects.toMatchObject(old);
    const blank = { outcome: null, tokenBefore: null, tokenAfter: null, intuitTid: null, detail: null };
    await store.journal.append({ ...blank, connection: "a/b/1", event: "refreshed" });
    await database.query("INSERT INTO qbo.event (connection, line) VALUES ('a/b/1', 'torn')");
    expect(await store.initialise()).toMatchObject({ outcome: "migrated", versionBefore: 1, version: 2 });
    expect(await store.journal.read({ connection: "a/b/1", since: 0 })).toHaveLength(1);
  });
});
