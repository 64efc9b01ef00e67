/** The parts of an option's `flags`, such as `-c, --connection <name|realmId>`. */
export interface FlagName {
  /** Without dashes: `min-validity`, `no-color`. */
  long: string;
  /** Without the dash. */
  short: string | undefined;
  takesValue: boolean;
  /** The key of its value in `RawInput.flags`: camel case, without `no-`. */
  key: string;
}

/** Reads an option's `flags`. */
export function readFlagName(flags: string): FlagName {
  const long = /--([a-z][a-z-]*)/.exec(flags)?.[1] ?? "";
  return {
    long,
    short: /(?:^|\s)-([A-Za-z])\b/.exec(flags)?.[1],
    takesValue: flags.includes("<"),
    key: long.replace(/^no-/, "").replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()),
  };
}
