/** What is known of an output before anything is written to it. */
export interface Terminal {
  isTerminal: boolean;
  hasColor: boolean;
  /** Whether something may move on it. */
  isAnimated: boolean;
  columns: number;
}

interface Surroundings {
  env: Readonly<Record<string, string | undefined>>;
  /** False with --no-color. */
  color: boolean;
}

/**
 * Judges an output by what the conventions say: NO_COLOR and FORCE_COLOR (any value but 0 and empty), TERM=dumb, and no animation in
 * CI.
 */
export function judgeTerminal(stream: { isTTY?: boolean; columns?: number }, { env, color }: Surroundings): Terminal {
  const isTerminal = stream.isTTY === true;
  const isDumb = env["TERM"] === "dumb";
  const isForbidden = !color || isOn(env["NO_COLOR"]);
  const isForced = isOn(env["FORCE_COLOR"]) && env["FORCE_COLOR"] !== "0";
  return {
    isTerminal,
    hasColor: !isForbidden && (isForced || (isTerminal && !isDumb && env["FORCE_COLOR"] !== "0")),
    isAnimated: isTerminal && !isDumb && !isCi(env),
    columns: isTerminal ? Math.max(20, stream.columns ?? 80) : 100,
  };
}

/** Whether a CI system runs this: nobody is there to be asked. */
export function isCi(env: Readonly<Record<string, string | undefined>>): boolean {
  return isOn(env["CI"]) && env["CI"] !== "false" && env["CI"] !== "0";
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && value !== "";
}
