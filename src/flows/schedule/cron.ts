import { quoteForShell } from "../../core/shell-word.ts";
import { formatCron, tellSecretsFile, type Job, type Schedule } from "./job.ts";

/** One line for the user's crontab. It mails what happened only when something failed. */
export function buildCron(job: Job): Schedule {
  const variables = Object.entries(job.environment).map(([name, value]) => quoteForShell(`${name}=${value}`));
  const command = [...(variables.length > 0 ? ["env", ...variables] : []), ...job.command.map(quoteForShell)].join(" ");
  const load = job.secrets.length > 0 ? `set -a; . ${quoteForShell(job.secretsFile)}; set +a; ` : "";
  const line = `${load}out=$(${command} 2>&1) || printf '%s\\n' "$out"`;
  return {
    files: [
      {
        name: "qbo-refresh.crontab",
        folder: null,
        // In a crontab a percent sign ends the command, unless it is escaped.
        text: `# Keep QuickBooks connections alive\n${formatCron(job)} ${line.replaceAll("%", "\\%")}\n`,
      },
    ],
    steps: [
      ...tellSecretsFile(job),
      "(crontab -l 2>/dev/null; qbo schedule --for cron) | crontab -   # with the options you gave now",
    ],
  };
}
