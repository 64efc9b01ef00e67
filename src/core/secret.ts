import { inspect } from "node:util";

/**
 * A value that must not appear anywhere but where it was asked for. Printing, inspecting and serialising show
 * `[secret]`; only `reveal()` gives the value, and a test lists the few files that may call it.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself. */
  reveal(): string {
    return this.#value;
  }

  /** Whether both hold the same value; says nothing about it otherwise. */
  equals(other: Secret): boolean {
    return this.#value === other.#value;
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }

  [inspect.custom](): string {
    return "[secret]";
  }
}
