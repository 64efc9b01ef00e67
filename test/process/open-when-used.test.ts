import { describe, expect, it } from "vitest";
import { openWhenUsed } from "../../src/process/open-when-used.ts";

function createDoor() {
  let count = 0;
  return {
    get count() {
      return count;
    },
    enter() {
      count += 1;
      return this.count;
    },
  };
}

describe("openWhenUsed", () => {
  it("opens the door once, and only when something is asked of it", () => {
    let opened = 0;
    const door = openWhenUsed(() => {
      opened += 1;
      return createDoor();
    });
    expect(opened).toBe(0);
    expect(door.enter()).toBe(1);
    expect(door.enter()).toBe(2);
    expect(door.count).toBe(2);
    expect(opened).toBe(1);
  });

  it("lets the use fail as the opening does, and tries again", () => {
    const failures = [new Error("shut")];
    const door = openWhenUsed(() => {
      const failure = failures.pop();
      if (failure) throw failure;
      return createDoor();
    });
    expect(() => door.enter()).toThrow("shut");
    expect(door.enter()).toBe(1);
  });

  it("gives all of the door to whoever takes it over with changes", () => {
    const door = openWhenUsed(createDoor);
    const changed = { ...door, enter: () => 7 };
    expect(Object.keys(changed)).toEqual(["count", "enter"]);
    expect(changed.enter()).toBe(7);
    expect("enter" in door).toBe(true);
    expect("leave" in door).toBe(false);
  });
});
