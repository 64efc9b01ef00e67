import { redact } from "../core/redaction.ts";
import type { Screen, Style } from "../commands/kit/command.ts";

/** The terminal as far as a screen needs it. */
export interface ScreenStream {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/** Control sequences of xterm, which every terminal of today knows: the other page, the cursor, what to clear. */
const [enter, leave] = ["\u001b[?1049h\u001b[?25l", "\u001b[?25h\u001b[?1049l"];
const [home, clearLine, clearBelow] = ["\u001b[H", "\u001b[K", "\u001b[J"];
const fewestRows = 4;

/** Draws on the terminal's other page, so that what stood there before stands there afterwards. What does not fit is left out at the end. */
export function openScreen(stream: ScreenStream, openStyle: () => Promise<Style>): Screen {
  let isOpen = false;
  return {
    async show(human) {
      const style = await openStyle();
      const lines = redact(human(style)).split("\n");
      const most = Math.max(fewestRows, stream.rows ?? 24) - 1;
      const shown =
        lines.length <= most
          ? lines
          : [...lines.slice(0, most - 1), style.dim(`… ${lines.length - most + 1} more lines`)];
      if (!isOpen) stream.write(enter);
      isOpen = true;
      stream.write(`${home}${shown.map((line) => `${line}${clearLine}`).join("\n")}\n${clearBelow}`);
    },
    close() {
      if (isOpen) stream.write(leave);
      isOpen = false;
    },
  };
}
