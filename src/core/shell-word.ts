/** A word for a POSIX shell that means exactly `text`: as it is where nothing in it means anything there, and in quotes otherwise. */
export function quoteForShell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
