import { describe, expect, it } from "vitest";
import { buildProgramEnvironment } from "../../src/flows/program-environment.ts";

describe("the environment of a program", () => {
  it.each(["QBO_CLIENT_SECRET", "QBO_STORE_KEY", "QBO_STORE_KEY_NEW", "PGPASSWORD", "qbo_store_key"])(
    "is without %s",
    (name) => {
      expect(buildProgramEnvironment({ [name]: "x", HOME: "/home" }, {})).toEqual({ HOME: "/home" });
    },
  );

  it.each([
    "postgres://qbo:hunter2@db.example.com/qbo",
    "postgresql://db.example.com/qbo?user=qbo&password=hunter2",
    "postgres://qbo:hunter2@db.example.com:notaport/qbo",
    "mysql://qbo:hunter2@db.example.com/qbo",
  ])("is without the store %s, which holds a password or may hold one", (store) => {
    expect(buildProgramEnvironment({ QBO_STORE: store }, {})).toEqual({});
  });

  it.each(["", "file", "keychain", "helper:pass", "postgres://qbo@db.example.com/qbo"])(
    "keeps the store %j",
    (store) => {
      expect(buildProgramEnvironment({ QBO_STORE: store }, {})).toEqual({ QBO_STORE: store });
    },
  );

  it("holds what is given in the place of what had that name, however it was spelled", () => {
    const env = { QBO_ACCESS_TOKEN: "old", qbo_realm_id: "1", OTHER: "kept" };
    const given = { QBO_ACCESS_TOKEN: "new", QBO_REALM_ID: "2" };
    expect(buildProgramEnvironment(env, given)).toEqual({ OTHER: "kept", ...given });
  });
});
