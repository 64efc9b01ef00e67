import { readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";

/** The suites that run the built program, or need a browser, a keychain or npm. All others run anywhere. */
const endToEnd = ["test/e2e/**/*.test.ts", "test/package.test.ts"];

/** Set by scripts/test.mjs: the files whose needs this machine does not meet. */
const leftOut = (process.env["TEST_FILES_LEFT_OUT"] ?? "").split(",").filter((file) => file !== "");

const { version }: { version: string } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"));
const define = { __QBO_VERSION__: JSON.stringify(version) };

// The limits of time are for what hangs: many times what the slowest test takes, as machines may be slow for a while.
export default defineConfig({
  test: {
    globalSetup: ["test/isolated-home.ts"],
    maxWorkers: 2,
    projects: [
      {
        define,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: endToEnd,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        define,
        test: {
          name: "e2e",
          include: endToEnd,
          exclude: leftOut,
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
});
