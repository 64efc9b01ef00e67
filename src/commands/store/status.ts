import type { ExitCode } from "../../core/errors.ts";
import {
  isInUse,
  reportStores,
  type Leftover,
  type StoreReport,
  type StoresReport,
} from "../../flows/store/report-stores.ts";
import { describeFailure, reportError } from "../kit/bulk.ts";
import { defineCommand, type Style } from "../kit/command.ts";

export const storeStatusCommand = defineCommand<null, StoresReport>({
  name: "store status",
  group: "Storing and moving",
  summary: "Show the stores in use, and whether they work",
  description:
    "Tells where new secrets go, and of every store in use what it holds, what protects it and whether it can be reached: a value of its own is " +
    "written, read and removed, and the tokens of each connection are read. Ends with 7 when a store in use cannot be reached or holds something damaged.",
  examples: [["qbo store status", "which store holds what"]],
  read: () => null,
  run: (world) => reportStores(world),
  human: formatStores,
  json: describeStores,
  exitCode: ({ stores, damaged }): ExitCode => (stores.some(isTroubled) || damaged.length > 0 ? 7 : 0),
});

function isTroubled(report: StoreReport): boolean {
  return (isInUse(report) && report.error !== null) || report.damaged.length > 0;
}

function formatStores({ newSecrets, stores, damaged }: StoresReport, style: Style): string {
  const blocks = stores.map((report) => formatStore(report, style).join("\n"));
  const head = `New secrets go to ${style.bold(newSecrets.value)} (${newSecrets.source}).`;
  const records = damaged.length > 0 ? [formatDamaged(damaged, style).join("\n")] : [];
  return [head, ...blocks, ...records].join("\n\n");
}

/** More connections of one store than anybody reads about one by one. */
const mostDamaged = 10;

function formatDamaged(damaged: StoreReport["damaged"], style: Style): string[] {
  const shown = damaged.slice(0, mostDamaged);
  const rest = damaged.length - shown.length;
  return [
    ...shown.map(({ connection, error }) => `  ${style.red("✗")} ${connection}: ${describeFailure(error)}`),
    ...(rest > 0 ? [`  ${style.dim(`… and ${rest} more: qbo store status --json`)}`] : []),
  ];
}

function formatStore(report: StoreReport, style: Style): string[] {
  const { store, error, protection, damaged, leftovers, connections, checked } = report;
  const mark = !error && damaged.length === 0 ? style.green("✓") : isInUse(report) ? style.red("✗") : style.yellow("!");
  const unread = connections - checked;
  return [
    `${mark} ${style.bold(store)}  ${style.dim(countContents(report))}`,
    ...(protection === null ? [] : [`  ${protection}`]),
    ...(error ? [`  ${style.red(error.message)}`, ...(error.hint === null ? [] : [`  ${error.hint}`])] : []),
    ...formatDamaged(damaged, style),
    ...(!error && unread > 0
      ? [`  ${style.dim(`It is slow: the tokens of ${unread} connections were not looked at.`)}`]
      : []),
    ...leftovers.map((left) => `  ${style.yellow("!")} ${formatLeftover(left)}`),
  ];
}

function formatLeftover({ connection, livesIn }: Leftover): string {
  return `${connection}: a copy is left of an interrupted move. To remove it: qbo store move ${connection} --to ${livesIn}`;
}

function countContents({ connections, clientSecrets }: StoreReport): string {
  if (connections + clientSecrets === 0) return "nothing kept there";
  const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? "" : "s"}`;
  return `${plural(connections, "connection")}, ${plural(clientSecrets, "client secret")}`;
}

function describeStores({ newSecrets, stores, damaged: records }: StoresReport) {
  return {
    damaged: records.map((each) => ({ ...each, error: reportError(each.error) })),
    newSecrets: { store: newSecrets.value, source: newSecrets.source },
    stores: stores.map(({ error, damaged, ...report }) => ({
      ...report,
      reachable: error === null,
      error: reportError(error),
      damaged: damaged.map((each) => ({ ...each, error: reportError(each.error) })),
    })),
  };
}
