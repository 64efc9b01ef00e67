import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { loadWhereUsed } from "../../scripts/lazy-requires.mjs";

/** Runs bundled code with a `require` that remembers what it was asked for. */
function runBundle(code: string): { loaded: string[]; exports: Record<string, unknown> } {
  const loaded: string[] = [];
  const module = { exports: {} };
  const load = (name: string) => {
    loaded.push(name);
    return { join: (...parts: string[]) => parts.join("/"), Widget: function Widget() {} };
  };
  const toEsm = (value: object) => ({ default: value, ...value });
  runInNewContext(code, { require: load, module, exports: module.exports, __toESM: toEsm, Promise });
  return { loaded, exports: module.exports };
}

describe("a built-in module", () => {
  const code =
    'var import_node_path=require("node:path");module.exports.a=()=>(0,import_node_path.join)("a","b");' +
    "module.exports.b=()=>new import_node_path.Widget();";

  it("is loaded at once by what esbuild writes", () => {
    expect(runBundle(code).loaded).toEqual(["node:path"]);
  });

  it("is loaded when it is used", () => {
    const { loaded, exports } = runBundle(loadWhereUsed(code, []));
    expect(loaded).toEqual([]);
    expect(exports).toHaveProperty("a");
    expect(runInNewContext("a()", exports)).toBe("a/b");
    expect(loaded).toEqual(["node:path"]);
  });

  it("is asked for once", () => {
    const { loaded, exports } = runBundle(loadWhereUsed(code, []));
    runInNewContext("a() + a() + b()", exports);
    expect(loaded).toEqual(["node:path"]);
  });

  it("can still be constructed from", () => {
    const { exports } = runBundle(loadWhereUsed(code, []));
    expect(runInNewContext("b().constructor.name", exports)).toBe("Widget");
  });

  it("is also found where a module is set up late", () => {
    const late =
      'var import_node_fs,init=()=>{import_node_fs=require("node:fs");module.exports.c=()=>import_node_fs.join("x")};init();';
    expect(runBundle(loadWhereUsed(late, [])).loaded).toEqual([]);
  });
});

describe("a built-in module imported as a whole", () => {
  it("is loaded when it is used, and not copied", () => {
    const code =
      'var import_node_path2=__toESM(require("node:path"),1);module.exports.d=()=>import_node_path2.default;';
    const { loaded, exports } = runBundle(loadWhereUsed(code, []));
    expect(loaded).toEqual([]);
    expect(runInNewContext("d().default", exports)).toBeUndefined();
    expect(runInNewContext("d().join('a', 'b')", exports)).toBe("a/b");
  });
});

describe("a package", () => {
  const code = 'module.exports.load=()=>import("keytar");';

  it("is required when it is CommonJS", async () => {
    const { loaded, exports } = runBundle(loadWhereUsed(code, ["keytar"]));
    const first: unknown = await runInNewContext("load()", exports);
    expect(await runInNewContext("load()", exports)).toBe(first);
    expect(loaded).toEqual(["keytar"]);
  });

  it("is left to import() when it is not", () => {
    expect(loadWhereUsed(code, ["undici"])).toBe(code);
  });
});
