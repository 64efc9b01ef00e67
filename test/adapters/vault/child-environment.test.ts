import { expect, test } from "vitest";
import { withoutSettings } from "../../../src/adapters/vault/child-environment.ts";

test("a program for a store gets neither settings nor the password of another store", () => {
  const kept = { PATH: "/bin", HOME: "/home/me", PGHOST: "db" };
  expect(withoutSettings({ ...kept, QBO_STORE_KEY: "k", qbo_client_secret: "s", PGPASSWORD: "p" })).toEqual(kept);
});
