/** @typedef {{ status: string, assertionResults: { status: string }[] }} FileResult */

/**
 * Counts what vitest's JSON reporter wrote. A file that broke outside of its tests counts as one failure, a file that
 * was left out as one skipped test.
 *
 * @param {{ testResults: FileResult[] }} report
 * @param {number} leftOutFiles
 */
export function countTests(report, leftOutFiles) {
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  const having = (/** @type {string} */ status) => tests.filter((test) => test.status === status).length;
  const [passed, failed] = [having("passed"), having("failed")];
  return {
    passed,
    failed: failed + report.testResults.filter(isBrokenOutsideTests).length,
    skipped: tests.length - passed - failed + leftOutFiles,
  };
}

/** @param {FileResult} file */
function isBrokenOutsideTests(file) {
  return file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed");
}

/** @param {{ passed: number, failed: number, skipped: number }} count */
export function formatCount({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
