import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { parseWorkflow } from "./parse-workflow.ts";

interface Job {
  permissions?: Record<string, string>;
  steps?: { uses?: string; run?: string }[];
}

const read = (name: string) => readFileSync(join(import.meta.dirname, "../../.github/workflows", name), "utf8");

function readJobs(name: string): { permissions: unknown; jobs: Record<string, Job> } {
  return parse(read(name));
}

test.each([
  ["ci.yml", 2],
  ["release.yml", 4],
])("GitHub's own parser accepts %s", async (name, jobs) => {
  const text = read(name);
  expect(await parseWorkflow(text)).toMatchObject({ errors: [], jobs });
  expect((await parseWorkflow(text.replace("runs-on", "runson"))).errors).not.toEqual([]);
});

test.each(["ci.yml", "release.yml"])(
  "%s may do no more than it must, and names the versions of what it uses",
  (name) => {
    const { permissions, jobs } = readJobs(name);
    expect(permissions).toEqual({ contents: "read" });
    const steps = Object.values(jobs).flatMap((job) => job.steps ?? []);
    for (const { uses } of steps) expect(uses ?? "actions/none@v1").toMatch(/^actions\/[a-z-]+@(v\d+|[\da-f]{40})$/);
    // What a pusher chooses (names of branches and tags, titles) reaches scripts by variables only.
    for (const { run } of steps) expect(run ?? "").not.toContain("${{");
  },
);

test("only the job that publishes can prove who it is, and it runs nothing of the repository", () => {
  const { jobs } = readJobs("release.yml");
  const provers = Object.entries(jobs).filter(([, { permissions = {} }]) => "id-token" in permissions);
  expect(provers.map(([name]) => name)).toEqual(["publish"]);
  const steps = provers.flatMap(([, job]) => job.steps ?? []);
  expect(steps.some(({ uses = "" }) => uses.startsWith("actions/checkout"))).toBe(false);
  expect(steps.flatMap(({ run }) => run ?? [])).toEqual([
    "npm publish ./release/*.tgz --provenance --access public --ignore-scripts",
  ]);
});
