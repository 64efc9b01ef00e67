import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openLockFile } from "../../../src/adapters/lock/lock-file.ts";
import { useTemporaryFolder } from "../driver.ts";

const makeFolder = useTemporaryFolder();
const always = () => true;
const never = () => false;

/** Processes that want the same lock; what one does while another judges the holder can be chosen. */
function makePlace() {
  const folder = makeFolder();
  const path = join(folder, "the.lock");
  const open = (owner: string) => {
    const record = { owner, pid: 1, host: "here", space: null, processStart: null, since: 0 };
    return openLockFile({ path, record, now: () => Date.now() });
  };
  return { folder, path, open };
}

describe("a lock file", () => {
  it("is taken once, and again when it was given back", () => {
    const { open, folder } = makePlace();
    const [one, other] = [open("owner-one"), open("owner-other")];
    expect(one.tryTake(never)).toEqual({ taken: true });
    expect(other.tryTake(never)).toMatchObject({ taken: false, holder: { owner: "owner-one" } });
    expect([one.isMine(), other.isMine()]).toEqual([true, false]);
    one.endWait();
    one.release();
    expect(other.tryTake(never)).toEqual({ taken: true });
    other.endWait();
    other.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("stays with whoever took it over while another still judged the old holder", () => {
    const { open } = makePlace();
    open("owner-gone").tryTake(never);
    const [quick, slow] = [open("owner-quick"), open("owner-slow")];
    const judge = () => quick.tryTake(always).taken;
    expect(slow.tryTake(judge)).toMatchObject({ taken: false });
    expect([quick.isMine(), slow.isMine()]).toEqual([true, false]);
  });

  it("stays with the newest holder when a whole generation passed while another judged the old one", () => {
    const { open } = makePlace();
    open("owner-gone").tryTake(never);
    const [quick, newest, slow] = [open("owner-quick"), open("owner-newest"), open("owner-slow")];
    const judge = () => {
      quick.tryTake(always);
      quick.release();
      return newest.tryTake(never).taken;
    };
    expect(slow.tryTake(judge)).toMatchObject({ taken: false });
    expect([newest.isMine(), slow.isMine()]).toEqual([true, false]);
  });

  it("is not taken over from a holder that gave it back meanwhile, but then it is free", () => {
    const { open } = makePlace();
    const [one, other] = [open("owner-one"), open("owner-other")];
    one.tryTake(never);
    const judge = () => {
      one.release();
      return true;
    };
    expect(other.tryTake(judge)).toMatchObject({ taken: false });
    expect(other.tryTake(never)).toEqual({ taken: true });
    expect(other.isMine()).toBe(true);
  });

  it("is not given back by somebody else", () => {
    const { open, path } = makePlace();
    const [one, other] = [open("owner-one"), open("owner-other")];
    one.tryTake(never);
    other.release();
    expect(readFileSync(path, "utf8")).toContain("owner-one");
  });

  it("shows a sign of life from the first moment, however long its holder waited for it", () => {
    const { folder } = makePlace();
    const path = join(folder, "another.lock");
    let now = 1_700_000_000_000;
    const record = { owner: "owner-one", pid: 1, host: "here", space: null, processStart: null, since: now };
    const file = openLockFile({ path, record, now: () => now });
    now += 100_000;
    file.tryTake(never);
    expect(statSync(path).mtimeMs).toBe(now);
  });
});
