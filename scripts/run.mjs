import { spawn } from "node:child_process";
import { constants } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder; every program started here runs in it. */
export const root = fileURLToPath(new URL("..", import.meta.url));

const isWindows = process.platform === "win32";

/**
 * Runs a program with this process's streams, and answers its exit code (128 + the signal's number when a signal
 * ended it). The tools in node_modules are found by name.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env] variables to set or, with `undefined`, to remove
 * @returns {Promise<number>}
 */
export function run(program, args, env = {}) {
  const path = [join(root, "node_modules", ".bin"), process.env["PATH"]].join(delimiter);
  const child = spawn(program, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, PATH: path, ...env },
    // The tools are .cmd files on Windows, which only a shell can start.
    shell: isWindows && program !== process.execPath,
  });
  // A terminal sends Ctrl-C to the child as well; the other two reach only this process.
  const passOn = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal);
  const wait = () => {};
  process.on("SIGINT", wait).on("SIGTERM", passOn).on("SIGHUP", passOn);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      process.off("SIGINT", wait).off("SIGTERM", passOn).off("SIGHUP", passOn);
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

/** Runs a JavaScript file of the project with the same Node.js. @type {(args: string[]) => Promise<number>} */
export function runNode(args) {
  return run(process.execPath, args);
}

/** Runs npm: the one that started this process, when one did. @type {(args: string[]) => Promise<number>} */
export function runNpm(args) {
  const npm = process.env["npm_execpath"];
  return npm?.endsWith(".js") ? run(process.execPath, [npm, ...args]) : run("npm", args);
}
