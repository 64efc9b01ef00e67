import type { LoginPlan } from "./plan.ts";

/** The command that begins the same sign-in again. */
export function formatLoginCommand({ existing, environment }: Pick<LoginPlan, "existing" | "environment">): string {
  return existing ? `qbo login ${existing.name}` : `qbo login --env ${environment.name}`;
}

/** The command that takes the second step of a started sign-in. */
export const finishCommand = "qbo login --finish -";
