import type { Notices } from "../core/ports.ts";
import { wrapLines } from "../core/wrap-lines.ts";

export interface NoticesOptions {
  stderr: NodeJS.WritableStream;
  /** --quiet: only warnings. */
  isQuiet: boolean;
  /** Whether something may move on the screen. */
  isAnimated: boolean;
  /** The width of the terminal, at which lines are broken; undefined where there is none. */
  columns?: number | undefined;
}

/** What is told while work is under way, as lines on stderr; on a terminal a spinner (ora) shows that something goes on. */
export function createNotices(options: NoticesOptions): Notices {
  let pause: (() => void) | undefined;
  const write = (text: string) => {
    pause?.();
    const { stderr, columns } = options;
    stderr.write(`${columns === undefined ? text : wrapLines(text, columns)}\n`);
  };
  return {
    inform(text) {
      if (!options.isQuiet) write(text);
    },
    warn: write,
    begin(text) {
      if (options.isQuiet) return () => undefined;
      if (!options.isAnimated) {
        write(text);
        return () => undefined;
      }
      const spinner = startSpinner(options.stderr, text);
      pause = spinner.clear;
      return () => {
        pause = undefined;
        spinner.stop();
      };
    },
  };
}

/** Starts ora without waiting for it to load: what is under way must not wait for its own picture. */
function startSpinner(stderr: NodeJS.WritableStream, text: string): { clear: () => void; stop: () => void } {
  let isStopped = false;
  // `discardStdin` would keep the person from interrupting or typing ahead.
  const loading = import("ora").then(({ default: ora }) => {
    if (isStopped) return undefined;
    return ora({ text, stream: stderr, discardStdin: false }).start();
  });
  let spinner: Awaited<typeof loading>;
  void loading.then((started) => (spinner = started));
  return {
    clear: () => void spinner?.clear(),
    stop: () => {
      isStopped = true;
      spinner?.stop();
    },
  };
}
