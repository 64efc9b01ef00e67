import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeLockRecord,
  describeHolder,
  encodeLockRecord,
  nameLockFile,
} from "../../../src/adapters/lock/lock-record.ts";

const record = fc.record({
  owner: fc.stringMatching(/^[A-Za-z0-9_-]{8,64}$/),
  pid: fc.nat(),
  host: fc.string({ unit: "binary" }),
  space: fc.option(fc.string()),
  processStart: fc.option(fc.string()),
  since: fc.integer({ min: 0, max: Date.parse("9999-12-31T23:59:59.999Z") }),
});

describe("lock records", () => {
  it("give back what was put in", () => {
    fc.assert(
      fc.property(record, (holder) => {
        expect(decodeLockRecord(encodeLockRecord(holder))).toEqual(holder);
      }),
    );
  });

  it("of any text are records whose owner can be part of a file name, or nothing", () => {
    const foreign = fc.record({ owner: fc.string(), pid: fc.integer(), host: fc.string() });
    const altered = fc.tuple(record, foreign).map((parts) => JSON.stringify(Object.assign({}, ...parts)));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.json(), altered), (text) => {
        expect(decodeLockRecord(text)?.owner ?? "fine-owner").toMatch(/^[\w-]+$/);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("nameLockFile", () => {
  it("makes a short and harmless file name of any name", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (name) => {
        expect(nameLockFile(name)).toMatch(/^[A-Za-z0-9-]{17,77}\.lock$/);
      }),
    );
  });

  it("tells names apart that differ in case or separators only", () => {
    const names = ["sandbox/ABc/1", "sandbox/abc/1", "sandbox-ABc-1", "sandbox/ABc/1 "];
    expect(new Set(names.map((name) => nameLockFile(name).toLowerCase())).size).toBe(names.length);
    expect(nameLockFile("sandbox/ABc/1")).toMatch(/^sandbox-ABc-1-/);
  });
});

describe("describeHolder", () => {
  it("names process and host in printable text", () => {
    const holder = { owner: "owner-one", pid: 4711, host: "x\u001b[2J", space: null, processStart: null, since: 0 };
    expect(describeHolder(holder)).toBe("process 4711 on host x\\u001b[2J");
    expect(describeHolder(undefined)).toBe("an unknown process");
  });
});
