import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { QboError } from "../../src/core/errors.ts";
import type { CredentialStore, HeldTokens } from "../../src/core/store-ports.ts";
import { type EmulatedIntuit, startEmulatedIntuit } from "../world/emulated-intuit.ts";

const full = new QboError("STORE_UNAVAILABLE", "The disk is full.");
const globals = { json: false, quiet: true, verbose: false, debug: false, color: false, input: false };

/** From now on some of the work that is done under a connection's lock fails. */
async function breakStore({ world }: EmulatedIntuit, broken: Partial<HeldTokens>): Promise<() => void> {
  const store = await world.open(globals, () => undefined).openStore("file");
  const failing: CredentialStore = {
    ...store,
    exclusively: (id, work, wait) => store.exclusively(id, (held) => work({ ...held, ...broken }), wait),
  };
  Object.assign(world.replaced, { openStore: async () => failing });
  return () => {
    Reflect.deleteProperty(world.replaced, "openStore");
  };
}

describe("a store that fails", () => {
  it("before the request: Intuit is not asked", async () => {
    const intuit = await startEmulatedIntuit();
    await intuit.signIn(undefined, "--name", "acme");
    const mend = await breakStore(intuit, { checkWritable: () => Promise.reject(full) });
    expect((await intuit.qbo("refresh", "--json")).error()).toMatchObject({ code: "STORE_UNAVAILABLE", exitCode: 7 });
    expect((await intuit.effects()).refreshes).toBe(0);
    mend();
    expect((await intuit.qbo("refresh")).exitCode).toBe(0);
  });

  it("after the request: the new tokens are kept, sealed, and the next refresh brings them back", async () => {
    const intuit = await startEmulatedIntuit();
    const { qbo, world, effects, advance } = intuit;
    await intuit.control("policy", { rotateAfterSeconds: 0 });
    await intuit.signIn(undefined, "--name", "acme");
    const mend = await breakStore(intuit, { save: () => Promise.reject(full) });

    const failed = (await qbo("refresh", "--json")).error();
    expect(failed).toMatchObject({ code: "STORE_UNAVAILABLE", connection: "acme" });
    expect(failed.message).toContain("The disk is full.");
    const [place = ""] = /\S+\.json/.exec(failed.hint ?? "") ?? [];
    expect(place.startsWith(world.paths.rescue)).toBe(true);
    expect(readFileSync(place, "utf8")).not.toMatch(/access|refreshToken/);

    mend();
    const brought = await qbo("refresh");
    expect(brought).toMatchObject({ exitCode: 0 });
    expect(brought.stderr).toContain("were brought back");
    expect(() => readFileSync(place)).toThrow(/ENOENT/);
    await advance(7200);
    expect((await qbo("token")).exitCode).toBe(0);
    expect((await effects()).rejectedRefreshes).toBe(0);
  });
});
