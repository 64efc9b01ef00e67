// `npm test`: every suite, from a fresh clone. The last line is the count.
//
//   --unit          all but the end-to-end suites, which need the built program and real parts of the machine
//   --require-all   fail when a suite had to be left out
//
// Everything else is passed on to vitest: `npm test -- test/core`.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { countTests, formatCount } from "./count.mjs";
import { installDependencies } from "./install.mjs";
import { provideNeeds } from "./needs.mjs";
import { run, runNode } from "./run.mjs";

const own = new Set(["--unit", "--require-all"]);
const isUnitOnly = process.argv.includes("--unit");
const mustRunAll = process.argv.includes("--require-all");
const vitestArguments = process.argv.slice(2).filter((word) => !own.has(word));

process.exitCode = (await prepare()) || (await test());

async function prepare() {
  return (await installDependencies()) || (isUnitOnly ? 0 : await runNode(["scripts/build.mjs", "--quiet"]));
}

async function test() {
  const filters = vitestArguments.filter((word) => !word.startsWith("-"));
  const leftOut = isUnitOnly ? [] : await provideNeeds(filters);
  const { code, report } = await runVitest(leftOut.map(({ file }) => file));
  for (const { file, reason } of leftOut) console.log(`Left out: ${file} ${reason}.`);
  if (report === undefined) {
    console.log(`vitest ended without a report, with exit code ${code}.`);
    return code || 1;
  }
  const count = countTests(report, leftOut.length);
  const faults = findFaults(code, count, leftOut.length);
  for (const fault of faults) console.log(fault);
  console.log(formatCount(count));
  return faults.length > 0 ? 1 : 0;
}

/** @param {string[]} leftOutFiles */
async function runVitest(leftOutFiles) {
  const folder = mkdtempSync(join(tmpdir(), "qbo-test-report-"));
  const reportFile = join(folder, "report.json");
  try {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${reportFile}`];
    const project = isUnitOnly ? ["--project=unit"] : [];
    const env = { TEST_FILES_LEFT_OUT: leftOutFiles.join(",") };
    const code = await run("vitest", ["run", ...reporters, ...project, ...vitestArguments], env);
    return { code, report: existsSync(reportFile) ? JSON.parse(readFileSync(reportFile, "utf8")) : undefined };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * @param {number} code vitest's exit code
 * @param {{ passed: number, failed: number }} count
 * @param {number} leftOutFiles
 */
function findFaults(code, { passed, failed }, leftOutFiles) {
  return [
    ...(passed + failed === 0 ? ["No test ran."] : []),
    ...(code !== 0 && failed === 0 ? [`vitest ended with exit code ${code} although no test failed (see above).`] : []),
    ...(failed > 0 ? ["There are failures (see above)."] : []),
    ...(mustRunAll && leftOutFiles > 0 ? ["Suites were left out, and --require-all was given."] : []),
  ];
}
