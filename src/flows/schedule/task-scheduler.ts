import { escapeXml } from "./escape-xml.ts";
import type { Job, Moment, Rhythm, Schedule } from "./job.ts";

const name = "qbo-refresh.xml";
const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/**
 * A task for the Windows Task Scheduler (its XML schema 1.2). It runs whether or not somebody is logged in, without a stored password (S4U):
 * that is why it cannot open the Credential Manager.
 */
export function buildTask(job: Job): Schedule {
  const [program = "", ...rest] = job.command;
  const text = `<?xml version="1.0"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>Keep QuickBooks connections alive</Description>
  </RegistrationInfo>
  <Triggers>
${formatTrigger(job.every, job.moment)}
  </Triggers>
  <Principals>
    <Principal id="Author">
      <LogonType>S4U</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <RunOnlyIfNetworkAvailable>true</RunOnlyIfNetworkAvailable>
    <ExecutionTimeLimit>PT1H</ExecutionTimeLimit>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>${escapeXml(program)}</Command>
      <Arguments>${escapeXml(rest.map(quoteForWindows).join(" "))}</Arguments>
    </Exec>
  </Actions>
</Task>
`;
  const variables = [
    ...Object.entries(job.environment).map(([key, value]) => `setx ${key} ${quoteForWindows(value)}`),
    ...job.secrets.map((key) => `setx ${key} <its value>`),
  ];
  return {
    files: [{ name, folder: null, text }],
    steps: [
      ...variables,
      "qbo schedule --for task-scheduler --output .   # with the options you gave now",
      `powershell -Command "Register-ScheduledTask -TaskName 'qbo refresh' -Xml (Get-Content -Raw ${name})"`,
    ],
  };
}

function formatTrigger(every: Rhythm, { minute, hour, weekday }: Moment): string {
  const clock = (value: number) => String(value).padStart(2, "0");
  const start = `2026-01-01T${clock(every === "hourly" ? 0 : hour)}:${clock(minute)}:00`;
  const repetition =
    every === "hourly" ? "\n      <Repetition>\n        <Interval>PT1H</Interval>\n      </Repetition>" : "";
  const schedule =
    every === "weekly"
      ? `<ScheduleByWeek>\n        <DaysOfWeek>\n          <${weekdays[weekday]} />\n        </DaysOfWeek>\n        <WeeksInterval>1</WeeksInterval>\n      </ScheduleByWeek>`
      : "<ScheduleByDay>\n        <DaysInterval>1</DaysInterval>\n      </ScheduleByDay>";
  return `    <CalendarTrigger>${repetition}
      <StartBoundary>${start}</StartBoundary>
      ${schedule}
    </CalendarTrigger>`;
}

/** One word of a Windows command line, as programs take them apart (CommandLineToArgvW). */
function quoteForWindows(word: string): string {
  if (/^[\w@+=:,./\\-]+$/.test(word)) return word;
  return `"${word.replaceAll(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, "$1$1")}"`;
}
