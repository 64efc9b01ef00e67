#!/usr/bin/env node
"use strict";

// This file is read by every Node.js, also by one too old for the program: it keeps to the oldest syntax.
var running = process.versions.node.split(".").map(Number);

if (running[0] < 20 || (running[0] === 20 && running[1] < 19)) {
  process.stderr.write("qbo needs Node.js 20.19 or newer; this is Node.js " + process.versions.node + ".\n");
  process.exitCode = 1;
} else {
  start();
}

function start() {
  try {
    if (process.argv.length === 3 && /^(-V|--version)$/.test(process.argv[2])) return tellVersion();
    // What scripts call most has a small file of its own; what it does not understand, the whole program does.
    if (process.argv[2] !== "token" || !require("../dist/main-token.cjs").runToken()) require("../dist/main.cjs");
  } catch (error) {
    if (!isProgramMissing(error)) throw error;
    process.stderr.write("qbo is not built yet. Run: npm run build\n");
    process.exitCode = 1;
  }
}

/** The one answer that needs no program. */
function tellVersion() {
  // Whoever reads may have gone already.
  process.stdout.on("error", function () {});
  process.stdout.write(require("../package.json").version + "\n");
}

/** Tells a missing build apart from a module that the built program itself does not find. */
function isProgramMissing(error) {
  return error.code === "MODULE_NOT_FOUND" && error.requireStack[0] === __filename;
}
