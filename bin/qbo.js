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
    keepCompiledCode();
    if (!runAlone(process.argv[2])) require("../dist/main.cjs").main();
  } catch (error) {
    if (!isProgramMissing(error)) throw error;
    process.stderr.write("qbo is not built yet. Run: npm run build\n");
    process.exitCode = 1;
  }
}

/** The one answer that needs no program, and no stream: those take longer to load than all else here. */
function tellVersion() {
  var version = require("../package.json").version + "\n";
  try {
    require("fs").writeSync(1, version);
  } catch (error) {
    // Whoever reads may have gone already.
    if (error.code === "EPIPE") return;
    process.exitCode = 7;
    process.stderr.write("error: The output cannot be written: the system answered " + error.code + ".\n");
  }
}

/**
 * Node.js 22.8 and later can keep what they compiled for the next run. It lies beside the program: whoever may write there may change the
 * program itself, so nobody gains a way in, as they would by a folder for everybody. Where nobody may write, nothing is kept; nor for anybody but
 * the package's owner, who could not remove what root has left there.
 */
function keepCompiledCode() {
  var enable = require("node:module").enableCompileCache;
  if (!enable) return;
  var own = require("node:path").join(__dirname, "..");
  if (!process.getuid || require("fs").statSync(own).uid === process.getuid()) enable(own + "/.compiled");
}

/** What scripts call most needs a small part of the program. Answers whether that part understood the command line. */
function runAlone(word) {
  if (word === "token") return require("../dist/main-token.cjs").runToken();
  if (word === "status") return require("../dist/main-status.cjs").runStatus();
  return false;
}

/** Tells a missing build apart from a module that the built program itself does not find. */
function isProgramMissing(error) {
  return error.code === "MODULE_NOT_FOUND" && error.requireStack[0] === __filename;
}
