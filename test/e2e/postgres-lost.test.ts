// needs: postgresql
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ConnectionId } from "../../src/core/connection.ts";
import { StaleGeneration } from "../../src/core/failures.ts";
import { Secret } from "../../src/core/secret.ts";
import type { HeldTokens } from "../../src/core/store-ports.ts";
import type { Tokens } from "../../src/core/tokens.ts";
import { type CuttingProxy, startCuttingProxy } from "./cutting-proxy.ts";
import { openTeamStore, prepareDatabase } from "./open-team-store.ts";
import { type Cluster, startCluster, type TeamDatabase } from "./postgres-cluster.ts";

let cluster: Cluster;
let database: TeamDatabase;
let proxy: CuttingProxy;
beforeAll(async () => {
  cluster = await startCluster();
  database = await prepareDatabase(cluster);
  proxy = await startCuttingProxy(cluster.port);
});
afterAll(async () => {
  await proxy?.close();
  await cluster?.close();
});

const makeTokens = (generation: number): Tokens => ({
  generation,
  accessToken: null,
  refreshToken: {
    secret: new Secret(`token-number-${generation}`),
    expiresAt: null,
    rotatedAt: 0,
    hardExpiresAt: null,
  },
});

let connections = 0;
/** A connection that is stored as generation 1; one store that reaches it straight, one over the line that can be cut. */
async function openPlace() {
  const id: ConnectionId = `emulator/AB1/${(connections += 1)}`;
  const other = openTeamStore(database.address("member"), { host: "two" }).credentials;
  await other.exclusively(id, (held) => held.save(makeTokens(1), { after: 0 }));
  const address = database.address("member").replace(`:${cluster.port}/`, `:${proxy.port}/`);
  return { id, other, store: openTeamStore(address).credentials };
}

/** As when a holder was silent for too long, or a network device forgot the line. */
const takeAway = () =>
  database.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'",
  );

describe("a line that is cut while the tokens are saved", () => {
  test.each(["before", "after"] as const)("%s the server has heard it: they are stored, once", async (when) => {
    const { id, other, store } = await openPlace();
    await store.exclusively(id, async (held) => {
      await held.load();
      proxy.cutAt("COMMIT", when);
      await held.save(makeTokens(2), { after: 1 });
      expect(await other.load(id)).toMatchObject({ generation: 2 });
      await held.save(makeTokens(3), { after: 2 });
    });
    expect(await other.load(id)).toMatchObject({ generation: 3 });
  });

  test.each(["UPDATE", "SELECT 1"])("at %s: they are stored all the same", async (word) => {
    const { id, other, store } = await openPlace();
    await store.exclusively(id, async (held) => {
      proxy.cutAt(word, "before");
      await held.checkWritable();
      await held.save(makeTokens(2), { after: 1 });
    });
    expect(await other.load(id)).toMatchObject({ generation: 2 });
  });
});

describe("a holder from whom the server took the connection", () => {
  test("goes on when nobody else has changed it", async () => {
    const { id, other, store } = await openPlace();
    await store.exclusively(id, async (held) => {
      await takeAway();
      await held.assertOwned();
      await takeAway();
      await held.save(makeTokens(2), { after: 1 });
    });
    expect(await other.load(id)).toMatchObject({ generation: 2 });
  });

  const attempts: [string, (held: HeldTokens) => Promise<unknown>, object][] = [
    ["save", (held) => held.save(makeTokens(2), { after: 1 }), expect.any(StaleGeneration)],
    ["send what is stored no longer", (held) => held.checkWritable(), expect.any(StaleGeneration)],
    ["believe that it holds it", (held) => held.assertOwned(), expect.objectContaining({ code: "LOCK_TIMED_OUT" })],
  ];
  test.each(attempts)("does not %s when somebody else has", async (_, attempt, failure) => {
    const { id, other, store } = await openPlace();
    await store.exclusively(id, async (held) => {
      await takeAway();
      await other.exclusively(id, (theirs) => theirs.save(makeTokens(7), { after: 1 }));
      await expect(attempt(held)).rejects.toEqual(failure);
      expect(await held.load()).toMatchObject({ generation: 7 });
    });
    expect(await other.load(id)).toMatchObject({ generation: 7 });
  });

  test("finds what another stored after its own save", async () => {
    const { id, other, store } = await openPlace();
    await store.exclusively(id, async (held) => {
      await held.save(makeTokens(2), { after: 1 });
      await other.exclusively(id, (theirs) => theirs.save(makeTokens(3), { after: 2 }));
      await expect(held.checkWritable()).rejects.toBeInstanceOf(StaleGeneration);
    });
  });
});

test("a row that was only held is gone afterwards, also for those who waited for it", async () => {
  const { other, store } = await openPlace();
  const id: ConnectionId = "emulator/AB1/never";
  await Promise.all([store, other, store, other].map((each) => each.exclusively(id, (held) => held.load())));
  expect(await database.query("SELECT key FROM qbo.secret WHERE key LIKE '%never'")).toEqual([]);
});
