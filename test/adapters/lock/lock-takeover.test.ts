import { readdirSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { LockOptions } from "../../../src/adapters/lock/lock.ts";
import { readProcessStart } from "../../../src/adapters/lock/process-life.ts";
import { useTemporaryFolder } from "../driver.ts";
import { makeLock, name, plantHolder, touch } from "./lock-place.ts";
import type { Place } from "./lock-place.ts";

const makeTemporaryFolder = useTemporaryFolder();
const makePlace = (options?: Partial<LockOptions>) => makeLock(makeTemporaryFolder(), options);

describe("taking over", () => {
  const take = ({ lock }: Place) => lock.exclusively(name, async () => "taken");

  it("happens at once when the holder's process is gone", async () => {
    const place = makePlace();
    plantHolder(place);
    expect(await take(place)).toBe("taken");
    expect(place.clock.slept).toBe(0);
    expect(readdirSync(place.folder)).toEqual([]);
  });

  it.runIf(process.platform === "linux")(
    "happens at once when the process ID belongs to another process now",
    async () => {
      const place = makePlace();
      plantHolder(place, { pid: process.ppid, processStart: `${readProcessStart(process.ppid)}0` });
      expect(await take(place)).toBe("taken");
      expect(place.clock.slept).toBe(0);
    },
  );

  it.each([
    ["host", { host: "there" }],
    ["container", { space: "another boot, another namespace" }],
  ])("does not ask this system about process IDs of another %s", async (_, holder) => {
    const place = makePlace({ patience: 30_000 });
    plantHolder(place, holder);
    await expect(take(place)).rejects.toMatchObject({ code: "LOCK_TIMED_OUT" });
  });

  it("happens when a holder elsewhere gave no sign of life for 90 s", async () => {
    const place = makePlace();
    plantHolder(place, { host: "there" });
    expect(await take(place)).toBe("taken");
    expect(place.clock.slept).toBeGreaterThan(90_000);
    expect(place.clock.slept).toBeLessThan(90_700);
  });

  it("leaves a holder that slept with the whole machine the time to go on", async () => {
    const place = makePlace({ patience: 30_000 });
    plantHolder(place, { host: "there" });
    place.clock.time += 3_600_000;
    place.clock.onSleep = () => {
      if (place.clock.slept > 4000) touch(place.path, place.clock.time);
    };
    await expect(take(place)).rejects.toMatchObject({ code: "LOCK_TIMED_OUT" });
  });

  it("happens soon when a holder elsewhere was gone long ago", async () => {
    const place = makePlace();
    plantHolder(place, { host: "there" });
    place.clock.time += 3_600_000;
    expect(await take(place)).toBe("taken");
    expect(place.clock.slept).toBeLessThan(11_000);
  });

  it.each(["", "{", '{"owner":"../../etc"}', "\0\0\0"])("of the torn file %j goes by its age", async (text) => {
    const place = makePlace();
    plantHolder(place);
    writeFileSync(place.path, text);
    touch(place.path, place.clock.time);
    expect(await take(place)).toBe("taken");
    expect(place.clock.slept).toBeGreaterThan(90_000);
    expect(readdirSync(place.folder)).toEqual([]);
  });

  it("goes on where others died while they took over", async () => {
    const place = makePlace();
    plantHolder(place, { owner: "first-owner" });
    plantHolder(place, { owner: "second-owner" }, `${place.path}.first-owner.heir`);
    plantHolder(place, { owner: "third-owner" }, `${place.path}.second-owner.heir`);
    expect(await take(place)).toBe("taken");
    expect(place.clock.slept).toBe(0);
    expect(readdirSync(place.folder)).toEqual([]);
  });

  it("waits for a living process that is taking over", async () => {
    const place = makePlace({ patience: 5000 });
    plantHolder(place);
    plantHolder(place, { owner: "second-owner", pid: process.ppid }, `${place.path}.planted-owner.heir`);
    await expect(take(place)).rejects.toThrow(`process ${process.ppid} on host here`);
  });

  it("does not hang on heirs that lead in a circle", async () => {
    const place = makePlace({ patience: 5000 });
    plantHolder(place, { owner: "first-owner" });
    plantHolder(place, { owner: "first-owner" }, `${place.path}.first-owner.heir`);
    await expect(take(place)).rejects.toMatchObject({ code: "LOCK_TIMED_OUT" });
  });
});
