import type { Clock, Notices, Progress } from "../../core/ports.ts";
import { describeProgress } from "../../core/progress.ts";
import { wrapLines } from "../../core/wrap-lines.ts";
import { startSpinner, type Spinner } from "./spinner.ts";

export interface NoticesOptions {
  stderr: NodeJS.WritableStream;
  /** --quiet: only warnings. */
  isQuiet: boolean;
  /** Whether something may move on the screen. */
  isAnimated: boolean;
  /** False with --no-color, and where the terminal knows none. */
  hasColor?: boolean;
  /** The width of the terminal, at which lines are broken; undefined where there is none. */
  columns?: number | undefined;
  clock: Pick<Clock, "now">;
}

/** The spinner and the blank before the text. */
const spinnerWidth = 3;

/** What is told while work is under way, as lines on stderr; on a terminal a spinner (ora) shows that something goes on. */
export function createNotices(options: NoticesOptions): Notices {
  let current: Spinner | undefined;
  const write = (text: string) => {
    current?.clear();
    const { stderr, columns } = options;
    stderr.write(`${columns === undefined ? text : wrapLines(text, columns)}\n`);
  };
  const start = (text: string): Spinner => {
    const { stderr, hasColor = true } = options;
    const spinner = startSpinner({ stderr, text, hasColor });
    current = spinner;
    return {
      ...spinner,
      stop() {
        current = undefined;
        spinner.stop();
      },
    };
  };
  return {
    inform(text) {
      if (!options.isQuiet) write(text);
    },
    warn: write,
    begin(text) {
      if (options.isQuiet) return () => undefined;
      if (options.isAnimated) return start(text).stop;
      write(text);
      return () => undefined;
    },
    count(what, total) {
      return options.isQuiet || !options.isAnimated ? countSilently() : countVisibly({ what, total, start, options });
    },
  };
}

function countSilently(): Progress {
  return { advance: () => undefined, end: () => undefined };
}

interface Counting {
  what: string;
  total: number;
  start(this: void, text: string): Spinner;
  options: NoticesOptions;
}

function countVisibly({ what, total, start, options }: Counting): Progress {
  const { clock } = options;
  const beganAt = clock.now();
  let [done, failed] = [0, 0];
  const describe = () =>
    describeProgress(
      { what, total, done, failed, elapsed: clock.now() - beganAt },
      (options.columns ?? 80) - spinnerWidth,
    );
  const spinner = start(describe());
  return {
    advance({ isFailed }) {
      done += 1;
      if (isFailed) failed += 1;
      spinner.setText(describe());
    },
    end: () => spinner.stop(),
  };
}
