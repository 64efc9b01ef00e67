// Measures whole processes, each side by side with a bare start of Node.js, so that a busy machine burdens both.
import { spawnSync } from "node:child_process";

/**
 * `command` is Node.js unless given, `target` a ratio, `within` milliseconds beyond a bare start.
 *
 * @typedef {{ title: string, command?: string, args: string[], env: NodeJS.ProcessEnv, target?: number, within?: number }} Case
 */

const warmUpRuns = 3;
const baseline = ["-e", "0"];

/** Prints one line: medians of the command and of a bare start, their ratio, and whether the targets are met. @param {Case} measured @param {number} runs */
export function report({ title, command = process.execPath, args, env, target, within }, runs) {
  const costs = { baseline: /** @type {number[]} */ ([]), command: /** @type {number[]} */ ([]) };
  for (let round = -warmUpRuns; round < runs; round += 1) {
    const pair = { baseline: measure(process.execPath, baseline, env), command: measure(command, args, env) };
    if (round < 0) continue;
    costs.baseline.push(pair.baseline);
    costs.command.push(pair.command);
  }
  const [bare, whole] = [median(costs.baseline), median(costs.command)];
  const goals = [
    ...(target === undefined ? [] : [`at most ${target.toFixed(2)}: ${judge(whole / bare <= target)}`]),
    ...(within === undefined
      ? []
      : [`beyond a bare start ${format(whole - bare).trim()}, at most ${within} ms: ${judge(whole - bare <= within)}`]),
  ];
  console.log(
    [`${title.padEnd(28)}${format(whole)} : ${format(bare)} = ${(whole / bare).toFixed(2)}`, ...goals].join("   "),
  );
}

/** @type {(args: string[], env: NodeJS.ProcessEnv, input?: string) => void} runs Node.js; throws when it fails */
export function runProgram(args, env, input = "") {
  execute(process.execPath, args, { env, input });
}

/** @type {(command: string, args: string[], env: NodeJS.ProcessEnv) => number} milliseconds */
function measure(command, args, env) {
  const start = performance.now();
  execute(command, args, { env, input: "" });
  return performance.now() - start;
}

/** @type {(command: string, args: string[], options: { env: NodeJS.ProcessEnv, input: string }) => void} */
function execute(command, args, options) {
  const { status, stderr } = spawnSync(command, args, { ...options, encoding: "utf8", maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with exit code ${status}: ${stderr}`);
}

/** @param {boolean} isMet */
function judge(isMet) {
  return isMet ? "met" : "MISSED";
}

/** @param {number[]} numbers */
function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

/** @param {number} milliseconds */
function format(milliseconds) {
  return `${milliseconds.toFixed(1)} ms`.padStart(9);
}
