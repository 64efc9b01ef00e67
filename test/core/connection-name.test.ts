import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deriveConnectionName, isConnectionName } from "../../src/core/connection-name.ts";

const free = () => false;

describe("isConnectionName", () => {
  it.each(["acme", "a", "a1", "1a", "acme-2", "a--b", "x".repeat(64)])("accepts %j", (name) => {
    expect(isConnectionName(name)).toBe(true);
  });

  const shapes = ["", "-a", "A", "a b", "a_b", "a.b", "a/b", "..", "ä", "a\n", "x".repeat(65), "1", "9130350000000001"];
  const reserved = "all default none new help login sandbox production emulator con nul com1 lpt9".split(" ");

  it.each(shapes.concat(reserved))("refuses %j", (name) => {
    expect(isConnectionName(name)).toBe(false);
  });
});

describe("deriveConnectionName", () => {
  it.each([
    ["Acme Rockets", "acme-rockets"],
    ["  Ümlaut & Söhne GmbH. ", "umlaut-sohne-gmbh"],
    ["Éclair № 5", "eclair-no-5"],
    ["--", "company-0001"],
    ["株式会社", "company-0001"],
    ["12345", "company-0001"],
    ["Sandbox", "company-0001"],
    ["../../etc/passwd", "etc-passwd"],
    [null, "company-0001"],
    ["A".repeat(60), "a".repeat(40)],
  ])("makes a slug of %j", (company, name) => {
    expect(deriveConnectionName(company, "9130350000000001", free)).toBe(name);
  });

  it("counts on when the name is taken", () => {
    const taken = new Set(["acme", "acme-2"]);
    expect(deriveConnectionName("Acme", "1", (name) => taken.has(name))).toBe("acme-3");
  });

  it("always gives a free name that can be one", () => {
    fc.assert(
      fc.property(
        fc.option(fc.string({ unit: "binary", maxLength: 80 })),
        fc.stringMatching(/^\d{1,32}$/),
        fc.nat(3),
        (company, realmId, others) => {
          const taken = new Set<string>();
          for (let count = 0; count < others; count += 1) {
            taken.add(deriveConnectionName(company, realmId, (name) => taken.has(name)));
          }
          const name = deriveConnectionName(company, realmId, (other) => taken.has(other));
          expect([isConnectionName(name), taken.has(name), taken.size]).toEqual([true, false, others]);
        },
      ),
    );
  });
});
