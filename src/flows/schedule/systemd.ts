import { tellSecretsFile, type Job, type Schedule } from "./job.ts";

const folder = "~/.config/systemd/user";

/** A service and its timer for the user's own systemd (systemd.service, systemd.timer). */
export function buildSystemd(job: Job): Schedule {
  const service = [
    "[Unit]",
    "Description=Keep QuickBooks connections alive",
    "",
    "[Service]",
    "Type=oneshot",
    `ExecStart=${job.command.map(quoteCommandWord).join(" ")}`,
    ...Object.entries(job.environment).map(([name, value]) => `Environment=${quoteForSystemd(`${name}=${value}`)}`),
    ...(job.secrets.length > 0 ? [`EnvironmentFile=${job.secretsFile.replaceAll("%", "%%")}`] : []),
    "TimeoutStartSec=1h",
    "NoNewPrivileges=yes",
  ];
  const timer = [
    "[Unit]",
    "Description=Keep QuickBooks connections alive",
    "",
    "[Timer]",
    `OnCalendar=${job.every}`,
    `RandomizedDelaySec=${job.every === "hourly" ? "10min" : "2h"}`,
    "Persistent=true",
    "",
    "[Install]",
    "WantedBy=timers.target",
  ];
  return {
    files: [
      { name: "qbo-refresh.service", folder, text: `${service.join("\n")}\n` },
      { name: "qbo-refresh.timer", folder, text: `${timer.join("\n")}\n` },
    ],
    steps: [
      ...tellSecretsFile(job),
      `mkdir -p ${folder}`,
      `qbo schedule --for systemd --output ${folder}   # with the options you gave now`,
      "systemctl --user daemon-reload",
      "systemctl --user enable --now qbo-refresh.timer",
      ...(job.needsSession ? [] : [`loginctl enable-linger "$USER"   # also while you are not logged in`]),
    ],
  };
}

/** One word of a systemd setting (systemd.syntax, "Quoting"). */
function quoteForSystemd(word: string): string {
  const escaped = word.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("%", "%%");
  return /^[\w@+=:,./-]+$/.test(word) ? word : `"${escaped}"`;
}

/** As `quoteForSystemd`, where variables would be substituted (systemd.service, "Command lines"). */
function quoteCommandWord(word: string): string {
  return quoteForSystemd(word).replaceAll("$", "$$$$");
}
