import { defineConfig } from "vitest/config";

/** Suites that need a browser, a keychain or the built program live in test/e2e; all others run anywhere. */
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Rendering is tested with colour switched on and off by hand, never by the terminal the suite happens to run in.
    env: { NO_COLOR: "", FORCE_COLOR: "", CI: "" },
  },
});
