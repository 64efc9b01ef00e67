import type { Prompter } from "../../src/core/ports.ts";
import { Secret } from "../../src/core/secret.ts";

/** A question that is expected, and its answer. Secrets are answered as text, confirmations as true or false. */
type ScriptedAnswer = readonly [question: RegExp, answer: string | boolean];

export interface Script {
  /** Whether a person sits at a terminal at all. */
  isAttended: boolean;
  answers: ScriptedAnswer[];
  /** Every question that was asked, in order. */
  asked: string[];
  /** What the person pastes while the program waits. */
  pasted: PasteQueue;
}

/** What is put in comes out as soon as the program reads. */
export interface PasteQueue {
  put(...entries: string[]): void;
  read(until: AbortSignal): AsyncIterable<string>;
}

export function createPasteQueue(): PasteQueue {
  const waiting: string[] = [];
  let wake = () => {};
  return {
    put(...entries) {
      waiting.push(...entries);
      wake();
    },
    async *read(until) {
      until.addEventListener("abort", () => wake(), { once: true });
      while (!until.aborted) {
        const entry = waiting.shift();
        if (entry === undefined) await new Promise<void>((resolve) => (wake = resolve));
        else yield entry;
      }
    },
  };
}

/** A person who answers by a script, in its order. A question that the script does not expect next fails the test. */
export function createScriptedPrompter(script: Script, canAsk: boolean): Prompter {
  const answer = (question: string): string | boolean => {
    script.asked.push(question);
    const next = script.answers.shift();
    if (!canAsk || next === undefined || !next[0].test(question)) throw new Error(`Unexpected question: ${question}`);
    return next[1];
  };
  return {
    canAsk,
    async askText(question, { validate } = {}) {
      const text = String(answer(question));
      const verdict = validate?.(text) ?? true;
      if (verdict !== true) throw new Error(`The scripted answer was refused: ${verdict}`);
      return text;
    },
    askSecret: async (question) => new Secret(String(answer(question))),
    confirm: async (question) => answer(question) === true,
    async choose(question, choices) {
      const wanted = answer(question);
      const chosen = choices.find(({ value }) => value === wanted);
      if (!chosen) throw new Error(`${String(wanted)} is none of ${choices.map(({ value }) => value).join(", ")}`);
      return chosen.value;
    },
    readEntries: (until) => script.pasted.read(until),
  };
}
