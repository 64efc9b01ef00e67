// needs: mandoc
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const folder = join(import.meta.dirname, "../../dist/man");

function runMandoc(page: string, ...words: string[]): string {
  const { stdout } = spawnSync("mandoc", words, { input: page, encoding: "utf8" });
  return stdout;
}

/** Without a date, so that the same sources give the same pages. */
const findFaults = (page: string) =>
  runMandoc(page, "-T", "lint", "-W", "warning")
    .split("\n")
    .filter((line) => line !== "" && !line.includes("missing date"));

describe("the built manual", () => {
  const names = readdirSync(folder);

  test("has pages in which mandoc finds nothing to mend", () => {
    expect(names).toContain("qbo-login.1");
    expect(names.flatMap((name) => findFaults(readFileSync(join(folder, name), "utf8")))).toEqual([]);
    expect(findFaults(".TH QBO 1\n.SH NAME\n.XX\n")).not.toEqual([]);
  });

  test("shows text as it was meant", () => {
    const shown = runMandoc(readFileSync(join(folder, "qbo-schedule.1"), "utf8"), "-T", "ascii").replaceAll(
      /.[\b]/g,
      "",
    );
    expect(shown).toContain("(crontab -l; qbo schedule --for cron) | crontab -");
    expect(shown).toContain("--expiring-within <duration>");
  });
});
