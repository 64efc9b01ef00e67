import type { World } from "../core/world.ts";
import type { ConnectionReport, ConnectionState } from "../flows/connections/connection-report.ts";
import { reportStatus } from "../flows/connections/status.ts";
import { renderReport } from "../flows/report/report-page.ts";
import { defineCommand, type RawInput, type Style } from "./kit/command.ts";
import { appOption, environmentOption, readOption, readSwitch, usage } from "./kit/options.ts";

export interface ReportOptions {
  environment: string | undefined;
  app: string | undefined;
  /** The file; `-` for stdout. */
  output: string;
}

interface WrittenReport {
  /** The file; null when it went to stdout. */
  output: string | null;
  html: string;
  reports: ConnectionReport[];
}

export const reportCommand = defineCommand<ReportOptions, WrittenReport>({
  name: "report",
  group: "Many connections",
  summary: "Write the health of all connections as one HTML page",
  description:
    "One file for people who do not use a terminal: how many connections are in which state, what expires when, and every connection with the next " +
    "thing to do. Offline and instant, like status. The page loads nothing and asks nobody, works without JavaScript, on paper, in light and dark. " +
    "It holds names of companies and realm IDs, and no secret. An older report of that name is replaced.",
  options: [{ flags: "--output <file>", description: "the file to write; - for stdout" }, environmentOption, appOption],
  examples: [
    ["qbo report --output connections.html", "for the weekly mail"],
    ["qbo report --env production --output - | ssh web 'cat > fleet.html'", "somewhere else"],
  ],
  read: readReportOptions,
  run: report,
  human: formatWritten,
  json: ({ output, reports }) => ({ output, connections: reports.length, states: countStates(reports) }),
  isVerbatim: ({ output }) => output === null,
});

function readReportOptions(raw: RawInput): ReportOptions {
  const output = readOption(raw, "output");
  if (output === undefined)
    throw usage("Say which file to write.", "For example: qbo report --output connections.html");
  if (output === "-" && readSwitch(raw, "json"))
    throw usage("--json tells about a file; with --output - the page itself is the answer.");
  return { output, environment: readOption(raw, "env"), app: readOption(raw, "app") };
}

async function report(world: World, { output, ...choice }: ReportOptions): Promise<WrittenReport> {
  const machine = output === "-" ? undefined : await world.machine();
  await machine?.assertFolderFor(output);
  const reports = await reportStatus(world, choice, {});
  const html = renderReport(reports, { now: world.clock.now(), version: world.platform.version });
  await machine?.replaceFile(output, html);
  return { output: machine ? output : null, html, reports };
}

function formatWritten({ output, html, reports }: WrittenReport, style: Style): string {
  if (output === null) return html.trimEnd();
  const states = countStates(reports);
  const needy = states.reconnect + states.expiring;
  const verdict = needy === 0 ? "none needs anybody" : `${needy} need${needy === 1 ? "s" : ""} somebody`;
  return `${style.green("✓")} ${output}: ${reports.length} connection${reports.length === 1 ? "" : "s"}, ${verdict}`;
}

function countStates(reports: readonly ConnectionReport[]): Record<ConnectionState, number> {
  const counts = { ready: 0, stale: 0, expiring: 0, reconnect: 0, disconnected: 0 };
  for (const { state } of reports) counts[state] += 1;
  return counts;
}
