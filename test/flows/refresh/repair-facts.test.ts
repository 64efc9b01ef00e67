import { describe, expect, it } from "vitest";
import type { World } from "../../../src/core/world.ts";
import { startEmulatedIntuit } from "../../world/emulated-intuit.ts";

async function startPending() {
  const intuit = await startEmulatedIntuit();
  await intuit.bringIn(1);
  await intuit.qbo("refresh", "c1");
  const globals = { json: false, quiet: true, verbose: false, debug: false, color: false, input: false };
  const world: World = intuit.world.open(globals, () => undefined);
  await world.facts.update("c1", (facts) => ({ ...facts, isPending: true }));
  const isPending = async () => (await world.facts.read("c1"))?.isPending;
  return { ...intuit, doors: world, isPending };
}

describe("facts that an unfinished work has marked", () => {
  it("are left as they are while somebody holds the connection, whose work it may be", async () => {
    const { qbo, doors, isPending } = await startPending();
    const facts = await doors.facts.read("c1");
    const store = await doors.openStore("file");
    await store.exclusively(facts?.id ?? "//", async () => {
      expect((await qbo("token", "c1")).exitCode).toBe(0);
      expect(await isPending()).toBe(true);
    });
  });

  it("are repaired by the next reader when nobody does", async () => {
    const { qbo, isPending } = await startPending();
    expect((await qbo("token", "c1")).exitCode).toBe(0);
    expect(await isPending()).toBe(false);
  });
});
