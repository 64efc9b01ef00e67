import type { Instant } from "./instant.ts";

/** A look for a newer version of this program. */
export interface UpdateLook {
  at: Instant;
  /** The newest version as three numbers, `1.2.3`; null when it is not known. */
  newest: string | null;
}

/** Looks for newer versions. Nothing here takes time, but for the write. */
export interface Updates {
  /** Where the newest version is told, as npm's registry does it: a JSON document with a `version`. */
  readonly address: string;
  /** The last look; undefined when there was none, or when what stands there is none. Throws FILES_UNAVAILABLE. */
  readLook(): UpdateLook | undefined;
  writeLook(look: UpdateLook): Promise<void>;
  /** Lets a process of its own have a look, and does not wait for it. Nothing happens where the look could not be kept. */
  lookInBackground(): void;
}
