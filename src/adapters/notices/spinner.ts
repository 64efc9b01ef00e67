/** Something that moves on the last line of a terminal. */
export interface Spinner {
  setText(this: void, text: string): void;
  /** Takes it off the screen until it moves again, so that a line can be written. */
  clear(this: void): void;
  /** Takes it off for good. */
  stop(this: void): void;
}

export interface SpinnerOptions {
  stderr: NodeJS.WritableStream;
  text: string;
  hasColor: boolean;
}

/** Starts ora without waiting for it to load: what is under way must not wait for its own picture. */
export function startSpinner({ stderr, text, hasColor }: SpinnerOptions): Spinner {
  let isStopped = false;
  let latest = text;
  // `discardStdin` would keep the person from interrupting or typing ahead.
  const loading = import("ora").then(({ default: ora }) => {
    if (isStopped) return undefined;
    const color = hasColor ? "cyan" : false;
    return ora({ text: latest, stream: stderr, discardStdin: false, color }).start();
  });
  let spinner: Awaited<typeof loading>;
  void loading.then((started) => (spinner = started));
  return {
    setText(next) {
      latest = next;
      if (spinner) spinner.text = next;
    },
    clear: () => void spinner?.clear(),
    stop() {
      isStopped = true;
      spinner?.stop();
    },
  };
}
