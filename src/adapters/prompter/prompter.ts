import { QboError } from "../../core/errors.ts";
import { isObject } from "../../core/plain-object.ts";
import type { Prompter } from "../../core/ports.ts";
import { Secret } from "../../core/secret.ts";
import { wrapLines } from "../../core/wrap-lines.ts";
import { type KeyTerminal, readEntries } from "./terminal-entries.ts";

export interface PrompterOptions extends KeyTerminal {
  /** Whether somebody is there: a terminal, no CI, no --no-input. */
  canAsk: boolean;
  hasColor: boolean;
  /** Of the terminal; `undefined` where there is none. */
  columns: number | undefined;
}

/**
 * Questions at the terminal, asked by enquirer. Ctrl-C at one, and any signal while it waits, throws CANCELLED; asking where nobody is
 * throws INPUT_REQUIRED.
 */
export function createPrompter(options: PrompterOptions, interruption: AbortSignal): Prompter {
  const ask = async (question: Question): Promise<unknown> => {
    if (!options.canAsk) {
      throw new QboError("INPUT_REQUIRED", `There is nobody to answer: ${question.message}`, {
        hint: "Run the command at a terminal, or give what it asks for as an option.",
      });
    }
    const { default: Enquirer } = await import("enquirer");
    const enquirer = new Enquirer();
    const cancel = withdrawWhenAborted(enquirer, interruption);
    const prompt = {
      name: "answer",
      stdin: options.stdin,
      stdout: options.stderr,
      styles: { enabled: options.hasColor },
      ...fitQuestion(question, options.columns ?? 80),
    };
    try {
      const answers: unknown = await enquirer.prompt(toPrompt(prompt));
      return isObject(answers) ? answers["answer"] : undefined;
    } catch (cause) {
      // enquirer rejects with an empty value when the person presses Ctrl-C or Escape.
      if (cause instanceof Error) throw cause;
      throw new QboError("CANCELLED", "Nothing was answered, and nothing was changed.");
    } finally {
      interruption.removeEventListener("abort", cancel);
    }
  };
  return {
    get canAsk() {
      return options.canAsk;
    },
    askText: async (message, { initial, validate } = {}) =>
      readText(await ask({ type: "input", message, initial, validate })),
    askSecret: async (message) =>
      new Secret(readText(await ask({ type: "invisible", message, validate: requireText })).trim()),
    confirm: async (message) =>
      (await ask({ type: "confirm", message, initial: false, format: formatDecision })) === true,
    choose: async (message, choices) =>
      readText(
        await ask({
          type: "select",
          message,
          choices: choices.map(({ value, label }) => ({ name: value, message: label })),
        }),
      ),
    readEntries: (until) => readEntries(options, until),
  };
}

interface Question extends Record<string, unknown> {
  message: string;
  choices?: readonly { name: string; message: string }[];
}

/** Breaks a question and its choices between words, where the terminal would break them anywhere. */
function fitQuestion(question: Question, columns: number): Question {
  // In front stands a sign and a blank, behind the question a sign and the answer.
  const fit = (text: string, room: number) => wrapLines(`? ${text}`, columns - room).slice(2);
  const choices = question.choices?.map((choice) => ({ ...choice, message: fit(choice.message, 1) }));
  return { ...question, message: fit(question.message, 6), ...(choices ? { choices } : {}) };
}

/** Takes the question back when a signal comes: enquirer then shows the cursor again and leaves the terminal as it was. */
function withdrawWhenAborted(enquirer: NodeJS.EventEmitter, interruption: AbortSignal): () => void {
  let shown: ShownPrompt | undefined;
  const cancel = () => void shown?.cancel();
  const known = signals.map((signal) => process.listeners(signal));
  // enquirer's own listeners end the whole process, whatever is under way.
  const removeAdded = () =>
    signals.forEach((signal, index) => {
      const added = process.listeners(signal).filter((listener) => !known[index]?.includes(listener));
      for (const listener of added) process.off(signal, listener);
    });
  enquirer.on("prompt", (prompt: ShownPrompt) => {
    shown = prompt;
    removeAdded();
    prompt.once("run", () => {
      removeAdded();
      if (interruption.aborted) cancel();
    });
  });
  interruption.addEventListener("abort", cancel, { once: true });
  return cancel;
}

const signals = ["SIGINT", "SIGTERM"] as const;

/** What is used of a prompt of enquirer that its type does not tell. */
interface ShownPrompt extends NodeJS.EventEmitter {
  cancel(): Promise<void>;
}

/** enquirer's own type knows neither `stdin` nor `stdout`, which its documentation names. */
function toPrompt(prompt: Record<string, unknown>): { type: "input"; name: string; message: string } {
  return { type: "input", name: "answer", message: "", ...prompt };
}

/** What stands behind a question that is answered with yes or no: nothing until it is answered. */
function formatDecision(this: { state: { submitted: boolean } }, isYes: boolean): string {
  if (!this.state.submitted) return "";
  return isYes ? "yes" : "no";
}

function readText(answer: unknown): string {
  return typeof answer === "string" ? answer : "";
}

function requireText(answer: string): true | string {
  return answer.trim() !== "" || "It must not be empty.";
}
