import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatConnectionId, type ConnectionId } from "../../src/core/connection.ts";
import { StaleGeneration } from "../../src/core/failures.ts";
import { Secret } from "../../src/core/secret.ts";
import type { CredentialStore } from "../../src/core/store-ports.ts";
import type { Tokens } from "../../src/core/tokens.ts";

/** Stores to hold against the contract of `CredentialStore` in src/core/store-ports.ts. */
export interface StoresUnderTest {
  store: CredentialStore;
  /** Opens the same place once more, as another process would. */
  twin: CredentialStore;
  /** A store of the same kind that cannot be reached. */
  unreachable: CredentialStore;
  close(): Promise<void>;
}

/** One set of cases for every store of connections. */
export function testCredentialStore(title: string, open: () => Promise<StoresUnderTest>): void {
  describe(`the contract of a credential store: ${title}`, () => {
    let under: StoresUnderTest;
    beforeAll(async () => {
      under = await open();
    });
    afterAll(() => under?.close());

    const put = (id: ConnectionId, tokens: Tokens, after = tokens.generation - 1) =>
      under.store.exclusively(id, (held) => held.save(tokens, { after }));

    it("answers undefined for what was never stored, and having been held changes nothing about that", async () => {
      const id = newId();
      expect(await under.store.load(id)).toBeUndefined();
      expect(await under.store.exclusively(id, (held) => held.load())).toBeUndefined();
      expect(await under.twin.load(id)).toBeUndefined();
    });

    it.each([
      ["both tokens", makeTokens(1)],
      ["a refresh token only", { ...makeTokens(1), accessToken: null }],
      ["tokens of 4,096 characters and no known ends", makeTokens(1, 4096, null)],
    ])("gives back %s as they were", async (_, tokens) => {
      const id = newId();
      await put(id, tokens);
      expect(reveal(await under.twin.load(id))).toEqual(reveal(tokens));
    });

    it("replaces tokens, and tells them of connections apart that share a company or a client", async () => {
      const id = newId();
      const others: ConnectionId[] = [`${id}1`, `production/${id.split("/")[1] ?? ""}/9341000000000001`];
      await put(id, makeTokens(1, 4096));
      for (const other of others) await put(other, makeTokens(1));
      await put(id, makeTokens(2));
      expect(await under.twin.load(id)).toMatchObject({ generation: 2 });
      for (const other of others) expect(await under.twin.load(other)).toMatchObject({ generation: 1 });
    });

    it("refuses a save that does not follow what is stored, and leaves that alone", async () => {
      const id = newId();
      await put(id, makeTokens(3), 0);
      await expect(put(id, makeTokens(3), 2)).rejects.toBeInstanceOf(StaleGeneration);
      await expect(put(id, makeTokens(1), 0)).rejects.toBeInstanceOf(StaleGeneration);
      expect(await under.twin.load(id)).toMatchObject({ generation: 3 });
      await under.store.exclusively(id, (held) => held.replace(makeTokens(1)));
      expect(await under.twin.load(id)).toMatchObject({ generation: 1 });
    });

    it("has saved when save is done, also while the connection is still held", async () => {
      const id = newId();
      await under.store.exclusively(id, async (held) => {
        await held.checkWritable();
        await held.save(makeTokens(1), { after: 0 });
        expect(await under.twin.load(id)).toMatchObject({ generation: 1 });
        expect(await held.load()).toMatchObject({ generation: 1 });
        await held.save(makeTokens(2), { after: 1 });
        expect(await under.twin.load(id)).toMatchObject({ generation: 2 });
        await held.assertOwned();
      });
    });

    it("removes twice without an error, and tells whether there was something", async () => {
      const id = newId();
      await put(id, makeTokens(1));
      const remove = () => under.twin.exclusively(id, (held) => held.remove());
      expect([await remove(), await remove()]).toEqual([true, false]);
      expect(await under.store.load(id)).toBeUndefined();
      await put(id, makeTokens(1));
      expect(await under.twin.load(id)).toMatchObject({ generation: 1 });
    });

    it("lets one holder at a time work, whatever each of them does", async () => {
      const id = newId();
      await put(id, makeTokens(1));
      const seen: number[] = [];
      let inside = 0;
      const work = (store: CredentialStore) =>
        store.exclusively(id, async (held) => {
          inside += 1;
          expect(inside).toBe(1);
          const { generation = 0 } = (await held.load()) ?? {};
          await new Promise((resolve) => setTimeout(resolve, 10));
          seen.push(generation);
          inside -= 1;
          await held.save(makeTokens(generation + 1), { after: generation });
        });
      await Promise.all(Array.from({ length: 10 }, (_, index) => work(index % 2 === 0 ? under.store : under.twin)));
      expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      expect(await under.store.load(id)).toMatchObject({ generation: 11 });
    });

    it("keeps nobody away after the holder's work has failed", async () => {
      const id = newId();
      await put(id, makeTokens(1));
      const failing = under.store.exclusively(id, () => Promise.reject(new Error("a failure of the work")));
      await expect(failing).rejects.toThrow("a failure of the work");
      expect(await under.twin.exclusively(id, (held) => held.load())).toMatchObject({ generation: 1 });
    });

    it("lets who waits leave with what is stored, or when interrupted", async () => {
      const id = newId();
      await put(id, makeTokens(1));
      await under.store.exclusively(id, async (held) => {
        const leaving = under.twin.exclusively<number | undefined>(id, () => Promise.resolve(0), {
          leaveWith: (current) => (current?.generation === 2 ? current.generation : undefined),
        });
        await held.save(makeTokens(2), { after: 1 });
        await held.load();
        // Between saving and going on, whoever waits may also have had its turn.
        expect([0, 2]).toContain(await leaving);
        const interruption = new AbortController();
        const waiting = under.twin.exclusively(id, () => Promise.resolve(), { signal: interruption.signal });
        interruption.abort();
        await expect(waiting).rejects.toMatchObject({ code: "CANCELLED" });
      });
    });

    it("keeps client secrets apart from connections", async () => {
      const clientId = `AB${randomBytes(8).toString("hex")}`;
      expect(await under.store.readClientSecret(clientId)).toBeUndefined();
      await under.store.writeClientSecret(clientId, new Secret("first-client-secret"));
      await under.store.writeClientSecret(clientId, new Secret("second-client-secret"));
      expect((await under.twin.readClientSecret(clientId))?.reveal()).toBe("second-client-secret");
      expect(await under.twin.removeClientSecret(clientId)).toBe(true);
      expect(await under.store.removeClientSecret(clientId)).toBe(false);
      expect(await under.store.readClientSecret(clientId)).toBeUndefined();
    });

    it("passes its own probe and describes itself in one plain sentence", async () => {
      await under.store.probe({ mayAsk: false });
      expect(await under.twin.describe()).toMatch(/^[A-Z].*\.$/);
    });

    it("knows the difference between nothing and not knowing", async () => {
      const { unreachable } = under;
      const attempts = [
        () => unreachable.load(newId()),
        () => unreachable.exclusively(newId(), (held) => held.save(makeTokens(1), { after: 0 })),
        () => unreachable.readClientSecret("AB1"),
        () => unreachable.probe({ mayAsk: false }),
      ];
      for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    });
  });
}

function newId(): ConnectionId {
  const clientId = randomBytes(6).toString("hex");
  return formatConnectionId({ environment: "sandbox", clientId, realmId: "9341000000000001" });
}

function makeTokens(generation: number, length = 800, expiresAt: number | null = 1_900_000_000_000): Tokens {
  const secret = () => new Secret(randomBytes(length).toString("base64url").slice(0, length));
  return {
    generation,
    accessToken: { secret: secret(), expiresAt: 1_800_000_000_000 },
    refreshToken: { secret: secret(), expiresAt, rotatedAt: 1_700_000_000_000, hardExpiresAt: expiresAt },
  };
}

function reveal(tokens: Tokens | undefined) {
  return (
    tokens && { ...tokens, access: tokens.accessToken?.secret.reveal(), refresh: tokens.refreshToken.secret.reveal() }
  );
}
