import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { renderManual } from "../../scripts/manual.ts";
import { commands } from "../../src/cli/commands.ts";
import { readFlagName } from "../../src/cli/flag-name.ts";

describe("the manual pages", () => {
  const pages = renderManual("1.2.3");

  it("are one for the program and one for each command, which the first names", () => {
    const own = commands.map(({ name }) => `qbo-${name.replaceAll(" ", "-")}.1`);
    expect(Object.keys(pages)).toEqual(["qbo.1", ...own]);
    const overview = (pages["qbo.1"] ?? "").replaceAll("\\-", "-");
    expect(own.filter((name) => !overview.includes(`\\fB${name.slice(0, -2)}\\fR(1)`))).toEqual([]);
  });

  it("are listed for npm, which installs them", () => {
    const { man }: { man: string[] } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    expect(man).toEqual(Object.keys(pages).map((name) => `dist/man/${name}`));
  });

  it("name every option and every example", () => {
    for (const { name, options, examples } of commands) {
      const page = (pages[`qbo-${name.replaceAll(" ", "-")}.1`] ?? "").replaceAll("\\-", "-");
      const flags = options.map(({ flags: written }) => `--${readFlagName(written).long}`);
      expect(flags.filter((flag) => !page.includes(flag))).toEqual([]);
      expect(page.split("\n.nf\n")).toHaveLength(examples.length + 1);
    }
  });

  it("let no line end within the name of a variable", () => {
    expect(pages["qbo-exec.1"]).toContain(String.raw`\%QBO_ENVIRONMENT and \%QBO_API_BASE_URL`);
    expect(Object.values(pages).join("\n")).not.toMatch(/[^%\w][A-Z]+_[A-Z]/);
  });

  it("hold no character beyond ASCII, and no request but those of man(7)", () => {
    for (const page of Object.values(pages)) {
      expect(page).toMatch(/^[\n\x20-\x7e]*$/);
      expect(
        page.split("\n").filter((line) => /^[.']/.test(line) && !/^\.(TH|SH|PP|TP|RS|RE|nf|fi)\b/.test(line)),
      ).toEqual([]);
    }
  });
});
