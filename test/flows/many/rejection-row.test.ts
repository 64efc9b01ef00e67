import { describe, expect, it } from "vitest";
import { formatConnectionId } from "../../../src/core/connection.ts";
import { QboError } from "../../../src/core/errors.ts";
import { createRejectionRow } from "../../../src/flows/many/rejection-row.ts";
import { exampleFacts } from "../../core/example-facts.ts";

const error = new QboError("REFRESH_REJECTED", "Intuit rejected the refresh token.");

/** Rejections of connections p1… or s1…; both environments have Intuit's one token endpoint, unless another is given. */
function reject(environment: string, name: string, token = exampleFacts.endpoints.token) {
  const endpoints = { ...exampleFacts.endpoints, token };
  const id = formatConnectionId({ environment, clientId: "ABc123", realmId: "1" + name.slice(1) });
  return { facts: { ...exampleFacts, id, name, environment, endpoints, rejection: null }, error };
}

const names = (rejections: readonly { facts: { name: string } }[]) => rejections.map(({ facts }) => facts.name);

describe("rejections of several environments", () => {
  it("are doubted together at the end, where one token endpoint rejected a few of each", () => {
    const row = createRejectionRow();
    for (const each of [reject("production", "p1"), reject("sandbox", "s1"), reject("sandbox", "s2")]) row.add(each);
    expect(row.isSuspicious()).toBe(false);
    expect(names(row.end())).toEqual(["p1", "s1", "s2"]);
    expect(row.takeBelieved()).toEqual([]);
  });

  it("are believed where each has an endpoint of its own, and a few of each were rejected", () => {
    const row = createRejectionRow();
    row.add(reject("production", "p1"));
    for (const name of ["s1", "s2"]) row.add(reject("sandbox", name, "https://other.example.com/token"));
    expect(row.end()).toEqual([]);
    expect(names(row.takeBelieved())).toEqual(["p1", "s1", "s2"]);
  });

  it("are believed of the one that took something since, and of the other when few are left", () => {
    const row = createRejectionRow();
    for (const each of [reject("production", "p1"), reject("sandbox", "s1"), reject("sandbox", "s2")]) row.add(each);
    row.believe("production");
    expect(names(row.takeBelieved())).toEqual(["p1"]);
    expect(row.end()).toEqual([]);
    expect(names(row.takeBelieved())).toEqual(["s1", "s2"]);
  });

  it("are doubted where an environment had to wait, wherever its endpoint lay before", () => {
    const row = createRejectionRow();
    for (const name of ["s1", "s2"]) row.add(reject("sandbox", name));
    row.add(reject("sandbox", "s3", "https://other.example.com/token"));
    expect(row.isSuspicious("sandbox")).toBe(true);
    expect(names(row.end())).toEqual(["s1", "s2", "s3"]);
  });
});
