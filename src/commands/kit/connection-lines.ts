import type { ConnectionReport, ConnectionState } from "../../flows/connections/connection-report.ts";
import type { Style } from "./command.ts";
import { indent } from "./fields.ts";
import { describeTokenLife } from "./token-lines.ts";

/** The colour of a state. */
export function paintState(state: ConnectionState, style: Style): (text: string) => string {
  const paints = {
    ready: style.green,
    stale: style.cyan,
    expiring: style.yellow,
    reconnect: style.red,
    disconnected: style.dim,
  };
  return paints[state];
}

/** A connection as a person reads it: who, in which state, how long its tokens live, what to do. */
export function describeConnection(report: ConnectionReport, style: Style): string[] {
  const state = paintState(report.state, style)(`${style.isTerminal ? "● " : ""}${report.state}`);
  const mark = report.isDefault ? style.dim(" (default)") : "";
  return [
    `${style.bold(report.name)}${mark}  ${state}`,
    ...indent([describeCompany(report, style), ...describeTokenLife(report, style), ...describeNext(report, style)]),
  ];
}

function describeCompany({ companyName, realmId, environment, app }: ConnectionReport, style: Style): string {
  const parts = [companyName ?? "company", realmId, environment, ...(app === environment ? [] : [`app ${app}`])];
  const line = parts.join(" · ");
  return line.length <= style.columns - 2 ? line : parts.join("\n  ");
}

function describeNext({ nextAction, configuredClientId, name }: ConnectionReport, style: Style): string[] {
  return [
    ...(nextAction === null ? [] : [`${style.yellow("next:")} ${nextAction}`]),
    ...(configuredClientId === null
      ? []
      : [style.dim(`still belongs to another client than its app has now; to move it: qbo login ${name}`)]),
  ];
}
