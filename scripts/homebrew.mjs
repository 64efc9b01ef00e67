// `node scripts/homebrew.mjs <package.tgz> <address>`: the Homebrew formula of a released package, on stdout. The digest is
// that of the file at hand; the address is where the same file can be had.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./run.mjs";

const [file, address] = process.argv.slice(2);
if (file === undefined || address === undefined || !/^https:\/\/[^\s"#\\]+\.tgz$/.test(address)) {
  console.error("Usage: node scripts/homebrew.mjs <package.tgz> <https address of it>");
  process.exitCode = 2;
} else {
  const digest = createHash("sha256").update(readFileSync(file)).digest("hex");
  const template = readFileSync(join(root, "packaging/homebrew/qbo-cli.rb"), "utf8");
  const homepage = address.replace(/\/(releases\/download\/.*|[^/]+)$/, "");
  const values = { "@HOMEPAGE@": homepage, "@URL@": address, "@SHA256@": digest };
  let formula = template.replace(/^#.*\n/, "");
  for (const [placeholder, value] of Object.entries(values)) formula = formula.replace(placeholder, () => value);
  process.stdout.write(formula);
}
