import { commands } from "../../src/cli/commands.ts";

/** A part of docs/json.md about some commands. */
export interface Section {
  heading: string;
  /** Those of the heading, by their whole names. */
  commands: string[];
  text: string;
  /** The options that it names, without dashes. */
  flags: string[];
  /** The keys of each example, as in `ShapeFile`. */
  examples: string[][];
}

/** Takes docs/json.md apart. */
export function readJsonPage(page: string): Section[] {
  return page.split(/^#+ (?=\S)/m).slice(1).map((part) => {
    const [heading = "", ...lines] = part.split("\n");
    const text = lines.join("\n");
    const [prose, examples] = [text.replaceAll(/^```[^]*?^```$/gm, ""), [...text.matchAll(/^```json\n([^]*?)^```$/gm)]];
    return {
      heading,
      commands: readHeading(heading),
      text,
      flags: [...`\`${heading}\`${prose}`.matchAll(/`[^`]*`/g)].flatMap(([code]) => [...code.matchAll(/--([a-z][a-z-]*)/g)].map(([, flag = ""]) => flag)),
      examples: examples.map(([, example = ""]) => [...new Set(listKeys(parseExample(example)))]),
    };
  });
}

/** `certs status, trust` are `certs status` and `certs trust`. */
function readHeading(heading: string): string[] {
  const names = heading.replace(/ --.*$/, "").split(", ");
  const [group = ""] = heading.split(" ");
  return [...names, ...names.map((name) => `${group} ${name}`)].filter((name) => commands.some((command) => command.name === name));
}

/** `App` stands for a document that is shown elsewhere. */
function parseExample(text: string): unknown {
  return JSON.parse(text.replaceAll(/: [A-Z][a-z]+(?=,|$)/gm, ": {}"));
}

/** Where something was left out, there is an ellipsis in the place of a key. */
function listKeys(value: unknown, above = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => listKeys(item, above));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).filter(([key]) => key !== "…").flatMap(([key, inner]) => [`${above}${key}`, ...listKeys(inner, `${above}${key}.`)]);
}
