import { quoteForShell } from "../../core/shell-word.ts";
import { escapeXml } from "./escape-xml.ts";
import { tellSecretsFile, type Job, type Schedule } from "./job.ts";

const label = "qbo-cli.refresh";
const folder = "~/Library/LaunchAgents";

/** An agent of the logged-in user for launchd (launchd.plist). */
export function buildLaunchd(job: Job): Schedule {
  const { minute, hour, weekday } = job.moment;
  const times = {
    Minute: minute,
    ...(job.every === "hourly" ? {} : { Hour: hour }),
    ...(job.every === "weekly" ? { Weekday: weekday } : {}),
  };
  const load = `set -a; . ${quoteForShell(job.secretsFile)}; set +a; exec "$@"`;
  const words = job.secrets.length > 0 ? ["/bin/sh", "-c", load, "qbo", ...job.command] : job.command;
  // What failed is told on stdout, and what it was about on stderr.
  const log = escapeXml(`${job.home}/Library/Logs/qbo-refresh.log`);
  const text = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${label}</string>
  <key>ProgramArguments</key>
  <array>
${words.map((word) => `    <string>${escapeXml(word)}</string>`).join("\n")}
  </array>
  <key>EnvironmentVariables</key>
  <dict>
${formatEntries(job.environment, (value) => `<string>${escapeXml(value)}</string>`)}
  </dict>
  <key>StartCalendarInterval</key>
  <dict>
${formatEntries(times, (value) => `<integer>${value}</integer>`)}
  </dict>
  <key>ProcessType</key>
  <string>Background</string>
  <key>StandardOutPath</key>
  <string>${log}</string>
  <key>StandardErrorPath</key>
  <string>${log}</string>
</dict>
</plist>
`;
  return {
    files: [{ name: `${label}.plist`, folder, text }],
    steps: [
      ...tellSecretsFile(job),
      `qbo schedule --for launchd --output ${folder}   # with the options you gave now`,
      `launchctl bootstrap gui/$(id -u) ${folder}/${label}.plist`,
    ],
  };
}

function formatEntries<T>(entries: Readonly<Record<string, T>>, format: (value: T) => string): string {
  return Object.entries(entries)
    .map(([key, value]) => `    <key>${escapeXml(key)}</key>\n    ${format(value)}`)
    .join("\n");
}
