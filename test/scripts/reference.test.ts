import { existsSync, readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { renderReference } from "../../scripts/reference.ts";
import { commands } from "../../src/cli/commands.ts";
import { errorTable } from "../../src/core/errors.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

describe("the generated pages", () => {
  const pages = renderReference();

  it("have one for each command, and an index that leads to all of them", () => {
    const expected = commands.map(({ name }) => `${name.replaceAll(" ", "-")}.md`);
    const index = pages["docs/cli/README.md"] ?? "";
    expect(expected.filter((name) => !(`docs/cli/${name}` in pages) || !index.includes(`(${name})`))).toEqual([]);
  });

  it("name every option and every error code", () => {
    const text = Object.values(pages).join("\n").replaceAll("\\|", "|");
    const flags = commands.flatMap(({ options }) => options.map((option) => `\`${option.flags}\``));
    const codes = Object.keys(errorTable).map((code) => `\`${code}\``);
    expect([...flags, ...codes].filter((name) => !text.includes(name))).toEqual([]);
  });

  it("say that they are generated, and by what", () => {
    for (const page of Object.values(pages)) expect(page.split("\n")[0]).toContain("npm run docs");
  });

  it("are as the sources have them now", () => {
    const stale = Object.entries(pages).filter(([path, text]) => readFileSync(`${root}/${path}`, "utf8") !== text);
    expect(stale.map(([path]) => path)).toEqual([]);
  });
});

describe("the links between the documents", () => {
  const documents = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", ...listDocuments()];

  it.each(documents)("of %s lead somewhere", (path) => {
    const targets = findLinks(readFileSync(`${root}/${path}`, "utf8")).map((link) => resolveLink(path, link));
    expect(targets.filter(isBroken)).toEqual([]);
  });

  it("would be missed otherwise", () => {
    expect(
      findLinks("a [b](gone.md#c) and [d](https://example.com)").map((link) => resolveLink("docs/a.md", link)),
    ).toEqual(["docs/gone.md#c"]);
    expect([isBroken("docs/gone.md#c"), isBroken("README.md#no-such-heading"), isBroken("README.md")]).toEqual([
      true,
      true,
      false,
    ]);
  });
});

function listDocuments(): string[] {
  const found = readdirSync(`${root}/docs`, { recursive: true, encoding: "utf8" });
  return found.filter((name) => name.endsWith(".md")).map((name) => `docs/${name.replaceAll("\\", "/")}`);
}

/** The links to files of the project; code is no text. */
function findLinks(text: string): string[] {
  const prose = text.replaceAll(/^```[\s\S]*?^```/gm, "").replaceAll(/`[^`\n]*`/g, "``");
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
  return links.filter((target) => !/^[a-z]+:/.test(target));
}

function resolveLink(from: string, link: string): string {
  return link.startsWith("#") ? `${from}${link}` : posix.join(posix.dirname(from), link);
}

function isBroken(target: string): boolean {
  const [path = "", anchor] = target.split("#");
  if (!existsSync(`${root}/${path}`)) return true;
  return anchor !== undefined && !listAnchors(readFileSync(`${root}/${path}`, "utf8")).includes(anchor);
}

/** The names that GitHub gives to headings. */
function listAnchors(text: string): string[] {
  const headings = text.replaceAll(/^```[\s\S]*?^```/gm, "").matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
