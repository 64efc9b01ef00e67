/** A command line that is being typed, in words as qbo would get them. */
export interface TypedWords {
  /** The last is `current`. */
  words: readonly string[];
  /** The word that is being typed, as far as the cursor. */
  current: string;
  /** So many characters of it are no longer the shell's to change: bash replaces only what follows `=` or `:`. */
  inPlace: number;
}

/** Understands the words as each shell hands them over. */
export function readTypedWords(shell: string, words: readonly string[]): TypedWords {
  // PowerShell 5 drops empty arguments, so each word comes behind a plus sign.
  const typed = (shell === "powershell" ? words.map((word) => word.slice(1)) : words).map(takeOutQuotes);
  return shell === "bash" ? joinBroken(typed) : whole(typed);
}

/** A word comes as it was typed, perhaps with a quote that is still open. Nothing that is proposed holds any of these characters. */
function takeOutQuotes(word: string): string {
  return word.replaceAll(/["'\\]/g, "");
}

function whole(words: readonly string[]): TypedWords {
  const own = words.length === 0 ? [""] : words;
  return { words: own, current: own.at(-1) ?? "", inPlace: 0 };
}

/** bash takes `--env=sandbox` and `helper:pass` apart, at every character of COMP_WORDBREAKS. */
function joinBroken(words: readonly string[]): TypedWords {
  const joined: string[] = [];
  let isOpen = false;
  for (const word of words) {
    const isBreak = /^[=:]+$/.test(word);
    const before = joined.at(-1);
    if (before !== undefined && (isOpen || (isBreak && before !== ""))) joined[joined.length - 1] = `${before}${word}`;
    else joined.push(word);
    isOpen = isBreak;
  }
  const typed = whole(joined);
  const last = words.at(-1) ?? "";
  const replaced = /^[=:]+$/.test(last) ? "" : last;
  return { ...typed, inPlace: typed.current.length - replaced.length };
}
