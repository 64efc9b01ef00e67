import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { build } from "esbuild";
import { expect } from "vitest";
import { createHome } from "./qbo-process.ts";

export interface ParsedWorkflow {
  errors: unknown[];
  /** Of its first schedule. */
  cron?: string;
  /** How many. */
  jobs: number;
}

/** What GitHub's parser of workflows makes of a text. It imports JSON in a way that Node.js no longer takes, so it is bundled first. */
export async function parseWorkflow(text: string): Promise<ParsedWorkflow> {
  const outfile = join(createHome().folder, "parse-workflow.cjs");
  const contents = `
    import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
    import { readFileSync } from "node:fs";
    const file = { name: "workflow.yml", content: readFileSync(0, "utf8") };
    const { context, value } = parseWorkflow(file, new NoOperationTraceWriter());
    convertWorkflowTemplate(context, value).then(({ errors = [], events, jobs }) => {
      const found = [...context.errors.getErrors(), ...errors].map(String);
      process.stdout.write(JSON.stringify({ errors: found, cron: events?.schedule?.[0]?.cron, jobs: jobs?.length }));
    });`;
  await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    platform: "node",
    outfile,
    logLevel: "error",
  });
  const { status, stdout, stderr } = spawnSync(process.execPath, [outfile], { input: text, encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr });
  return JSON.parse(stdout);
}
