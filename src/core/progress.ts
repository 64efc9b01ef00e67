import { formatDuration } from "./duration.ts";

/** How far work on many things has come. */
export interface ProgressState {
  /** What is being done: "Refreshing". */
  what: string;
  total: number;
  done: number;
  failed: number;
  /** Milliseconds since it began. */
  elapsed: number;
}

const widestBar = 24;
/** Before so much is done, the time left would be a guess. */
const fewestDone = 8;

/** The state in one line of at most `columns` characters; what tells the least goes first. */
export function describeProgress(state: ProgressState, columns: number): string {
  const { what, total, done, failed } = state;
  const count = `${done} of ${total}`;
  const failures = failed === 0 ? "" : ` · ${failed} failed`;
  const left = describeTimeLeft(state);
  const candidates = [
    `${what} ${drawBar(state, widestBar)} ${count}${failures}${left}`,
    `${what} ${drawBar(state, widestBar / 3)} ${count}${failures}${left}`,
    `${what} ${count}${failures}${left}`,
    `${count}${failures}${left}`,
    `${count}${failures}`,
  ];
  return candidates.find((line) => line.length <= columns) ?? count.slice(0, columns);
}

function drawBar({ done, total }: ProgressState, width: number): string {
  const filled = total === 0 ? width : Math.floor((done / total) * width);
  return `${"━".repeat(filled)}${"─".repeat(width - filled)}`;
}

function describeTimeLeft({ done, total, elapsed }: ProgressState): string {
  if (done < fewestDone || done === total) return "";
  const seconds = ((elapsed / done) * (total - done)) / 1000;
  return ` · ${formatDuration(Math.ceil(seconds))} left`;
}
