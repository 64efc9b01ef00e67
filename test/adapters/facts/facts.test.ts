import { execFile } from "node:child_process";
import { chmodSync, linkSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { createFactsStore } from "../../../src/adapters/facts/facts.ts";
import { encodeFacts } from "../../../src/core/connection-record.ts";
import { exampleFacts } from "../../core/example-facts.ts";
import { bundleDriver, useTemporaryFolder } from "../driver.ts";

const makeFolder = useTemporaryFolder();
const named = (name: string) => ({ ...exampleFacts, name });
const isRoot = process.getuid?.() === 0;

function makeStore() {
  const folder = join(makeFolder(), "connections");
  return { folder, store: createFactsStore({ folder }), locate: (name: string) => join(folder, `${name}.json`) };
}

describe("the facts store", () => {
  it("knows nothing while its folder does not exist", async () => {
    const { store } = makeStore();
    expect(await store.list()).toEqual([]);
    expect(await store.read("acme")).toBeUndefined();
    expect(await store.remove("acme")).toBe(false);
    expect(await store.update("acme", (facts) => facts)).toBeUndefined();
  });

  it("keeps records, lists them by name, changes and removes them", async () => {
    const { store } = makeStore();
    await store.create(named("zeta"));
    await store.create(named("acme"));
    expect(await store.read("acme")).toEqual(named("acme"));
    expect(await store.list()).toEqual([named("acme"), named("zeta")]);
    expect((await store.names()).toSorted()).toEqual(["acme", "zeta"]);

    const changed = { ...named("acme"), companyName: "Other" };
    expect(await store.update("acme", (facts) => ({ ...facts, companyName: "Other" }))).toEqual(changed);
    expect(await store.read("acme")).toEqual(changed);

    expect(await store.remove("acme")).toBe(true);
    expect(await store.remove("acme")).toBe(false);
    expect(await store.list()).toEqual([named("zeta")]);
  });

  it.skipIf(process.platform === "win32")("lets only the owner read", async () => {
    const { store, folder, locate } = makeStore();
    await store.create(named("acme"));
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(locate("acme")).mode & 0o777).toBe(0o600);
    await store.update("acme", (facts) => facts);
    expect(statSync(locate("acme")).mode & 0o777).toBe(0o600);
  });

  it("leaves nothing but the record behind", async () => {
    const { store, folder } = makeStore();
    await store.create(named("acme"));
    await store.create(named("acme")).catch(() => undefined);
    await store.update("acme", (facts) => facts);
    expect(readdirSync(folder)).toEqual(["acme.json"]);
  });

  it("never creates over a record", async () => {
    const { store } = makeStore();
    await store.create(named("acme"));
    const second = store.create({ ...named("acme"), companyName: "Second" });
    await expect(second).rejects.toMatchObject({ code: "USAGE" });
    expect(await store.read("acme")).toEqual(named("acme"));
  });

  it("lets one of many simultaneous creations succeed", async () => {
    const { store } = makeStore();
    const companies = Array.from({ length: 20 }, (_, index) => `Company ${index}`);
    const created = await Promise.allSettled(
      companies.map((companyName) => store.create({ ...named("acme"), companyName })),
    );
    const winners = companies.filter((_, index) => created[index]?.status === "fulfilled");
    expect(winners).toEqual([(await store.read("acme"))?.companyName]);
  });

  it("keeps the name that the file has, whatever an update says", async () => {
    const { store } = makeStore();
    await store.create(named("acme"));
    await store.update("acme", () => named("other"));
    expect((await store.list()).map(({ name }) => name)).toEqual(["acme"]);
  });
});

describe("renaming", () => {
  it("moves the record", async () => {
    const { store } = makeStore();
    await store.create(named("acme"));
    await store.rename("acme", "better");
    expect(await store.list()).toEqual([named("better")]);
  });

  it("never overwrites, and loses nothing when the name stays the same", async () => {
    const { store } = makeStore();
    await store.create(named("acme"));
    await store.create({ ...named("other"), companyName: "Other" });
    await expect(store.rename("acme", "other")).rejects.toMatchObject({ code: "USAGE" });
    await store.rename("acme", "acme");
    expect((await store.list()).map(({ companyName }) => companyName)).toEqual([exampleFacts.companyName, "Other"]);
  });

  it("ends what a crash left half done", async () => {
    const { store, locate } = makeStore();
    await store.create(named("acme"));
    linkSync(locate("acme"), locate("better"));
    await store.rename("acme", "better");
    expect(await store.list()).toEqual([named("better")]);
  });

  it("needs a record and a possible name", async () => {
    const { store } = makeStore();
    await expect(store.rename("acme", "better")).rejects.toMatchObject({ code: "NOT_CONNECTED" });
    await store.create(named("acme"));
    await expect(store.rename("acme", "../better")).rejects.toMatchObject({ code: "USAGE" });
  });
});

describe("names that are no names", () => {
  const hostile = ["../outside", "a/b", "A", "12", "", ".", "..", "con", "a\0b", "a.json"];

  it.each(hostile)("%j is never a file name", async (name) => {
    const { store, folder } = makeStore();
    await store.create(named("acme"));
    writeFileSync(join(folder, "..", "outside.json"), encodeFacts(exampleFacts));
    await expect(store.create(named(name))).rejects.toMatchObject({ code: "USAGE" });
    expect(await store.read(name)).toBeUndefined();
    expect(await store.update(name, (facts) => facts)).toBeUndefined();
    expect(await store.remove(name)).toBe(false);
    expect(readdirSync(join(folder, "..")).toSorted()).toEqual(["connections", "outside.json"]);
  });
});

describe("damaged records", () => {
  it.each(["", "{", "[]", '{"version":1}', "\0"])(
    "of the text %j are named with their file and a way out",
    async (text) => {
      const { store, locate } = makeStore();
      await store.create(named("acme"));
      writeFileSync(locate("acme"), text);
      for (const reading of [store.read("acme"), store.list(), store.update("acme", (facts) => facts)]) {
        const error: unknown = await reading.catch((failure: unknown) => failure);
        expect(error).toMatchObject({ code: "STORE_CORRUPT", details: { connection: "acme" } });
        expect(String(error)).toContain(locate("acme"));
        expect(error).toHaveProperty("hint", expect.stringContaining("qbo login"));
      }
      expect(readFileSync(locate("acme"), "utf8")).toBe(text);
    },
  );

  it("of a later version tell to update", async () => {
    const { store, locate } = makeStore();
    await store.create(named("acme"));
    writeFileSync(locate("acme"), encodeFacts(exampleFacts).replace('"version": 1', '"version": 2'));
    await expect(store.read("acme")).rejects.toMatchObject({ hint: expect.stringContaining("Update qbo") });
  });

  it("under another's name are not left out in silence, hidden files are", async () => {
    const { store, folder } = makeStore();
    await store.create(named("acme"));
    writeFileSync(join(folder, ".acme.json.1.tmp"), "");
    writeFileSync(join(folder, "._acme.json"), "");
    expect(await store.list()).toHaveLength(1);
    writeFileSync(join(folder, "Other Name.json"), encodeFacts(exampleFacts));
    await expect(store.list()).rejects.toMatchObject({ code: "STORE_CORRUPT" });
    writeFileSync(join(folder, "\u001b[31m.json"), "");
    const { facts, damaged } = await store.survey();
    expect(new Set(await store.names())).toEqual(new Set([...facts, ...damaged].map(({ name }) => name)));
  });
});

describe("failures of the file system", () => {
  it("name the path, the reason and a way out when a file stands where a folder should be", async () => {
    const { store, folder } = makeStore();
    writeFileSync(folder, "");
    for (const attempt of [store.list(), store.read("acme"), store.create(named("acme"))]) {
      const error: unknown = await attempt.catch((failure: unknown) => failure);
      expect(error).toMatchObject({ code: "FILES_UNAVAILABLE", hint: expect.any(String) });
      expect(String(error)).toContain(folder);
    }
  });

  it("never count as an absent record", async () => {
    const { store, locate, folder } = makeStore();
    mkdirSync(folder, { recursive: true });
    mkdirSync(locate("acme"));
    await expect(store.read("acme")).rejects.toMatchObject({ code: "FILES_UNAVAILABLE" });
    await expect(store.list()).rejects.toMatchObject({ code: "FILES_UNAVAILABLE" });
  });

  it.skipIf(isRoot || process.platform === "win32")("lose nothing in a folder that cannot be written", async () => {
    const { store, folder } = makeStore();
    await store.create(named("acme"));
    chmodSync(folder, 0o500);
    const update = store.update("acme", (facts) => ({ ...facts, companyName: "Other" }));
    await expect(update).rejects.toMatchObject({ code: "FILES_UNAVAILABLE" });
    chmodSync(folder, 0o700);
    expect(await store.read("acme")).toEqual(named("acme"));
  });

  it.skipIf(process.platform === "win32")("lose nothing when the disk takes only a part of a record", async () => {
    const { store, folder } = makeStore();
    await store.create(named("acme"));
    const driver = await bundleDriver("facts/facts-driver.ts", makeFolder());
    // The limit (in blocks of 512 bytes) cuts a write short just as a full disk does.
    const command = 'ulimit -f 16; exec "$0" "$1" "$2"';
    const { stdout } = await promisify(execFile)("sh", ["-c", command, process.execPath, driver, folder]);
    expect(stdout).toBe("FILES_UNAVAILABLE");
    expect(await store.list()).toEqual([named("acme")]);
    expect(readdirSync(folder)).toEqual(["acme.json"]);
  });
});

describe("several writers at once", () => {
  it("undo nothing of what another has written", async () => {
    const { store } = makeStore();
    await store.create({ ...named("acme"), scopes: [] });
    const words = Array.from({ length: 12 }, (_, index) => `scope-${String(index).padStart(2, "0")}`);
    const add = (word: string) => store.update("acme", (facts) => ({ ...facts, scopes: [...facts.scopes, word] }));
    await Promise.all(words.map(add));
    expect((await store.read("acme"))?.scopes.toSorted()).toEqual(words);
  });

  it("never show a reader a mixture", async () => {
    const { store } = makeStore();
    await store.create({ ...named("acme"), companyName: "0".repeat(3000) });
    const write = async (digit: string) => {
      for (let round = 0; round < 15; round += 1) {
        await store.update("acme", (facts) => ({ ...facts, companyName: digit.repeat(3000) }));
      }
    };
    const writers = Promise.all(["1", "2", "3"].map(write));
    for (let round = 0; round < 200; round += 1) {
      expect((await store.read("acme"))?.companyName).toMatch(/^(\d)\1{2999}$/);
      await new Promise(setImmediate);
    }
    await writers;
  });
});
