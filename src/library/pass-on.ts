import { toUserError } from "../cli/report.ts";
import { QboError } from "../core/errors.ts";
import { redact } from "../core/redaction.ts";

/** What `work` answers; whatever it throws comes out fit for a caller's log. */
export function passOn<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toCallersError(error);
  }
}

/** Plain data as it leaves for the caller: a copy, without anything secret. */
export function copyWithoutSecrets<T>(answer: T): T {
  const copy: T = JSON.parse(redact(JSON.stringify(answer)));
  return copy;
}

/**
 * The error as it leaves for the caller, whose log may print all of it. Causes may quote what was read from a store, so none goes along; of
 * a defect the stack does, without secrets.
 */
export function toCallersError(error: unknown): QboError {
  const known = toUserError(error);
  const { code, message, hint, details, cause } = known;
  const copy = new QboError(code, redact(message), {
    ...(hint === null ? {} : { hint: redact(hint) }),
    details: copyWithoutSecrets(details),
    ...(code === "UNEXPECTED" && cause instanceof Error
      ? { cause: keepStack(new Error(redact(cause.message)), cause) }
      : {}),
  });
  return keepStack(copy, known);
}

/** Where it arose tells more than where it was copied. */
function keepStack<E extends Error>(copy: E, { stack }: Error): E {
  if (stack !== undefined) copy.stack = redact(stack);
  return copy;
}
