import { asQboError } from "../../src/core/errors.ts";
import type { ErrorCode } from "../../src/core/errors.ts";

/** "done", or the code of the QboError that `work` threw; any other error is thrown on. */
export function tellOutcome(work: () => unknown): ErrorCode | "done" {
  try {
    work();
    return "done";
  } catch (error) {
    const code = asQboError(error)?.code;
    if (code === undefined) throw error;
    return code;
  }
}
