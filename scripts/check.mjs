// `npm run check`: everything that must hold before a change is shared. The last line is the count of the tests.
import { installDependencies } from "./install.mjs";
import { runNpm } from "./run.mjs";

/** Quick ones first. All of them run, so that one look shows everything that is wrong. */
const steps = [
  { heading: "Format", script: "format:check" },
  { heading: "Lint", script: "lint" },
  { heading: "Types", script: "types" },
  { heading: "Unused code", script: "unused" },
  { heading: "Generated docs", script: "docs:check" },
  { heading: "Build", script: "build" },
  { heading: "Package", script: "lint:package" },
];

process.exitCode = (await installDependencies()) || (await checkSources()) || (await test());

async function checkSources() {
  const failed = [];
  for (const { heading, script } of steps) {
    announce(heading);
    if ((await runNpm(["run", "--silent", script])) !== 0) failed.push(`npm run ${script}`);
  }
  if (failed.length > 0) console.log(`\nFailed, and so no test was run: ${failed.join(", ")}`);
  return failed.length > 0 ? 1 : 0;
}

/** `npm test` as everybody runs it, but that no suite may be left out. */
function test() {
  announce("Tests");
  return runNpm(["test", "--", "--require-all"]);
}

/** @param {string} heading */
function announce(heading) {
  console.log(`\n── ${heading} ${"─".repeat(60 - heading.length)}`);
}
