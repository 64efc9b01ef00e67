import { QboError } from "../../core/errors.ts";
import type { Prompter } from "../../core/ports.ts";
import { Secret } from "../../core/secret.ts";
import { type KeyTerminal, readEntries } from "./terminal-entries.ts";

export interface PrompterOptions extends KeyTerminal {
  /** Whether somebody is there: a terminal, no CI, no --no-input. */
  canAsk: boolean;
}

/** Questions at the terminal, asked by enquirer. Ctrl-C at one throws CANCELLED; asking where nobody is throws INPUT_REQUIRED. */
export function createPrompter(options: PrompterOptions): Prompter {
  const ask = async (question: Record<string, unknown>): Promise<unknown> => {
    if (!options.canAsk) {
      throw new QboError("INPUT_REQUIRED", `There is nobody to answer: ${String(question["message"])}`, {
        hint: "Run the command at a terminal, or give what it asks for as an option.",
      });
    }
    const { default: enquirer } = await import("enquirer");
    const prompt = { name: "answer", stdin: options.stdin, stdout: options.stderr, ...question };
    try {
      const answers: Record<string, unknown> = await enquirer.prompt(toPrompt(prompt));
      return answers["answer"];
    } catch (cause) {
      // enquirer rejects with an empty value when the person presses Ctrl-C or Escape.
      if (cause instanceof Error) throw cause;
      throw new QboError("CANCELLED", "Nothing was answered, and nothing was changed.");
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
