import type { Secret } from "./secret.ts";

/** What seals and opens: the store's salt, which a passphrase is stretched with, and the name that a record is bound to. */
interface SealingContext {
  salt: string;
  name: string;
}

/**
 * Seals secrets with the key of QBO_STORE_KEY before they leave this process. A record opens under its own name and with its own key only.
 * Every method throws STORE_UNAVAILABLE when QBO_STORE_KEY is not set, and CONFIG_INVALID when it holds no key.
 */
export interface Sealer {
  /** The name of the key: 8 hex digits that tell nothing about it. */
  identify(salt: string): Promise<string>;
  seal(context: SealingContext, value: Secret): Promise<string>;
  /** Throws STORE_CORRUPT for a record that is damaged, belongs to another name, or is sealed with another key. */
  open(context: SealingContext, sealed: string): Promise<Secret>;
}
