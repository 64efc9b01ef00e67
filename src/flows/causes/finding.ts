import type { Confidence } from "./cause.ts";
import type { CauseId } from "./causes.ts";

/** A cause that evidence speaks for. */
export interface Finding {
  cause: CauseId;
  confidence: Confidence;
  /** The evidence, as a sentence. */
  evidence: string;
  /** What to do in this very case, where it is more exact than what the cause says in general. */
  fix?: string[];
}
