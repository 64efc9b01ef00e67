import { wrapLines } from "../core/wrap-lines.ts";
import type { DemoReport } from "../core/world.ts";

/** Where the demo tells its story. */
export interface Stage {
  readonly isSilent: boolean;
  /** Every step that was announced. */
  readonly steps: DemoReport["steps"];
  /** A new step: what it shows, and the command that a person would type. */
  announce(title: string, command: string): void;
  say(text: string): void;
}

/** As far as the stage needs it. `columns` is the width of the terminal, where it is one. */
interface Output {
  readonly columns?: number;
  write(text: string): unknown;
}

/** Tells the story on `stdout` in plain lines, or, silent, only remembers its steps. */
export function createStage(stdout: Output, isSilent: boolean): Stage {
  const steps: DemoReport["steps"] = [];
  const tell = (text: string) => {
    if (!isSilent) stdout.write(stdout.columns === undefined ? text : wrapLines(text, stdout.columns));
  };
  return {
    isSilent,
    steps,
    announce(title, command) {
      steps.push({ title, command });
      tell(`\n${steps.length}. ${title}\n   $ ${command}\n\n`);
    },
    say: (text) => tell(`${text}\n`),
  };
}
