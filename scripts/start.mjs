// `npm start`: from a fresh clone to the end of the demo, with nothing but Node.js and npm.
import { installDependencies } from "./install.mjs";
import { runNode } from "./run.mjs";

const steps = [
  installDependencies,
  () => runNode(["scripts/build.mjs", "--quiet"]),
  () => runNode(["bin/qbo.js", "demo"]),
];

for (const step of steps) {
  process.exitCode = await step();
  if (process.exitCode !== 0) break;
}
