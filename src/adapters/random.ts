import { randomBytes } from "node:crypto";
import type { Random } from "../core/ports.ts";

/** The machine's source of cryptographically strong randomness. */
export const systemRandom: Random = {
  token: (bytes) => randomBytes(bytes).toString("base64url"),
};
