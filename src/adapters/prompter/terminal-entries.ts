/** The person's terminal. */
export interface KeyTerminal {
  stdin: NodeJS.ReadableStream & { setRawMode?(isRaw: boolean): unknown };
  /** Questions go to stderr: stdout is for answers. */
  stderr: NodeJS.WritableStream;
  /** What Ctrl-C does while keys are read one by one: the terminal itself does not see it then. */
  interrupt(this: void): void;
}

const longestEntry = 64 * 1024;
const pasteBegins = "\u001b[200~";
const pasteEnds = "\u001b[201~";
/** Makes the terminal put those two around what is pasted (xterm, "bracketed paste"). */
const tellPastes = "\u001b[?2004h";
const tellPastesNoMore = "\u001b[?2004l";
// eslint-disable-next-line no-control-regex
const token = /\u001b\[[0-9;]*[A-Za-z~]|\u001bO?.|[\s\S]/gu;

/**
 * Reads what the person pastes or types at the terminal. In raw mode, for two reasons: nothing of it appears on the screen, and the
 * terminal's own line is no longer than 4,096 bytes, of which the kernel drops the rest. Terminals that do not tell where a paste ends
 * hand it over in one piece: a line break is the end of an entry only as the last of what has arrived.
 */
export async function* readEntries(
  { stdin, stderr, interrupt }: KeyTerminal,
  until: AbortSignal,
): AsyncIterable<string> {
  if (until.aborted) return;
  const entries: string[] = [];
  let wake = () => {};
  const line = createEntryLine({
    submit: (entry) => {
      entries.push(entry);
      wake();
    },
    interrupt,
  });
  const listen = (chunk: Buffer | string) => line.take(chunk.toString());
  const stop = () => wake();
  let isOver = false;
  const end = () => {
    isOver = true;
    wake();
  };
  stdin.on("data", listen).once("end", end);
  until.addEventListener("abort", stop, { once: true });
  stdin.setRawMode?.(true);
  stderr.write(tellPastes);
  try {
    stdin.resume();
    while (!until.aborted) {
      const entry = entries.shift();
      if (entry !== undefined) yield entry;
      else if (isOver) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    stderr.write(tellPastesNoMore);
    stdin.setRawMode?.(false);
    stdin.off("data", listen).off("end", end).pause();
    until.removeEventListener("abort", stop);
  }
}

interface EntryLine {
  take(chunk: string): void;
}

/** Makes entries of what comes from the keyboard. */
export function createEntryLine(told: { submit(entry: string): void; interrupt(): void }): EntryLine {
  let text = "";
  let isInPaste = false;
  let rest = "";
  const submit = () => {
    const entry = text;
    text = "";
    if (entry.trim() !== "") told.submit(entry);
  };
  const takeKey = (key: string, isLast: boolean): void => {
    if (key === pasteBegins) isInPaste = true;
    else if (key === pasteEnds) {
      isInPaste = false;
      submit();
    } else if (key === "\u0003" && !isInPaste) told.interrupt();
    else if ((key === "\r" || key === "\n") && !isInPaste && isLast) submit();
    else if (key === "\u007f" || key === "\b") text = text.slice(0, -1);
    else if (key === "\u0015") text = "";
    else if (isText(key) && text.length < longestEntry) text += key;
  };
  return {
    take(chunk) {
      const whole = rest + chunk;
      // A control sequence may arrive in two pieces.
      // eslint-disable-next-line no-control-regex
      const cut = /\u001b(?:\[[0-9;]*)?$/.exec(whole)?.index ?? whole.length;
      rest = whole.slice(cut);
      const keys = whole.slice(0, cut).match(token) ?? [];
      for (const [index, key] of keys.entries()) takeKey(key, index === keys.length - 1);
    },
  };
}

function isText(key: string): boolean {
  return key === "\r" || key === "\n" || key === "\t" || (!key.startsWith("\u001b") && key >= " ");
}
