import { hasCode, type ErrorCode } from "./errors.ts";

/** What `work` answers, or `undefined` when it fails with that error code; other failures stay failures. */
export async function unlessCode<T>(code: ErrorCode, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (hasCode(error, code)) return undefined;
    throw error;
  }
}
