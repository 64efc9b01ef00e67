import { quoteForShell } from "../../core/shell-word.ts";
import { formatCron, type Job, type Schedule } from "./job.ts";

const folder = ".github/workflows";
const name = "qbo-refresh.yml";

/** A workflow on GitHub's own machines, which forget everything: the tokens live in the team store. */
export function buildWorkflow(job: Job): Schedule {
  const [, , ...words] = job.command;
  const secrets = ["QBO_STORE", "QBO_STORE_KEY", ...job.secrets.filter((secret) => secret === "PGPASSWORD")];
  const text = `name: Keep QuickBooks connections alive
on:
  schedule:
    - cron: "${formatCron(job)}"
  workflow_dispatch:
permissions: {}
concurrency:
  group: qbo-refresh
  cancel-in-progress: false
jobs:
  refresh:
    runs-on: ubuntu-latest
    timeout-minutes: 60
    steps:
      - uses: actions/setup-node@v4
        with:
          node-version: 22
      - run: npm install --global --ignore-scripts qbo-cli@${job.version}
      - run: ${JSON.stringify(`qbo ${words.map(quoteForShell).join(" ")}`)}
        env:
${secrets.map((secret) => `          ${secret}: \${{ secrets.${secret} }}`).join("\n")}
`;
  return {
    files: [{ name, folder, text }],
    steps: [
      ...secrets.map((secret) => `gh secret set ${secret}`),
      `qbo schedule --for github-actions --output ${folder}   # with the options you gave now`,
    ],
  };
}
