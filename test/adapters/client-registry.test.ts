import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createClientRegistry } from "../../src/adapters/clients.ts";
import { createRescueFiles } from "../../src/adapters/rescue-files.ts";
import { asQboError } from "../../src/core/errors.ts";
import { useTemporaryFolder } from "./driver.ts";

const makeFolder = useTemporaryFolder();

describe("the registry of clients", () => {
  it("remembers which store holds a secret, until it is removed", async () => {
    const registry = createClientRegistry({ folder: join(makeFolder(), "clients") });
    expect(await registry.read("ABc123")).toBeUndefined();
    await registry.write({ clientId: "ABc123", store: "file" });
    await registry.write({ clientId: "other", store: "keychain" });
    await registry.write({ clientId: "ABc123", store: "keychain" });
    expect(await registry.read("ABc123")).toEqual({ clientId: "ABc123", store: "keychain" });
    await registry.remove("ABc123");
    await registry.remove("ABc123");
    expect(await registry.read("ABc123")).toBeUndefined();
    expect(await registry.read("other")).toEqual({ clientId: "other", store: "keychain" });
  });

  it.each(["", "{", "[]", '{"version":2,"clientId":"a","store":"file"}', '{"version":1,"clientId":"a"}'])(
    "does not guess what %j means",
    async (text) => {
      const folder = makeFolder();
      const registry = createClientRegistry({ folder });
      await registry.write({ clientId: "ABc123", store: "file" });
      const [file = ""] = readdirSync(folder);
      writeFileSync(join(folder, file), text);
      const error = await registry.read("ABc123").catch((reason: unknown) => asQboError(reason));
      expect(error).toMatchObject({ code: "STORE_CORRUPT" });
    },
  );

  it("gives client IDs no say in where files lie", async () => {
    const folder = makeFolder();
    const registry = createClientRegistry({ folder: join(folder, "clients") });
    await registry.write({ clientId: "../../escaped", store: "file" });
    expect(readdirSync(folder)).toEqual(["clients"]);
    expect(await registry.read("../../escaped")).toMatchObject({ store: "file" });
  });
});

describe("the second place for tokens", () => {
  it("keeps one sealed text per connection, for its owner alone", async () => {
    const rescue = createRescueFiles({ folder: join(makeFolder(), "rescue") });
    const [one, other] = ["sandbox/a/1", "sandbox/a/2"] as const;
    expect(await rescue.read(one)).toBeUndefined();
    const place = await rescue.write(one, "sealed-1");
    await rescue.write(other, "sealed-2");
    expect(await rescue.read(one)).toBe("sealed-1");
    const isPrivate = process.platform === "win32" || (statSync(place).mode & 0o777) === 0o600;
    expect(isPrivate).toBe(true);
    await rescue.remove(one);
    await rescue.remove(one);
    expect([await rescue.read(one), await rescue.read(other)]).toEqual([undefined, "sealed-2"]);
  });

  it("says when the disk does not take it", async () => {
    const folder = makeFolder();
    writeFileSync(join(folder, "rescue"), "a file where the folder should be");
    const rescue = createRescueFiles({ folder: join(folder, "rescue") });
    const error = await rescue.write("sandbox/a/1", "x").catch((reason: unknown) => asQboError(reason));
    expect(error).toMatchObject({ code: "FILES_UNAVAILABLE", exitCode: 7 });
  });
});
