import { posix, win32 } from "node:path";

/** The process ID in what `lsof -Fp` prints: a line `p123`. */
export function readLsof(text: string): number | undefined {
  return readPid(/^p(\d+)$/m.exec(text)?.[1]);
}

/** The process that listens on the port, in what `netstat -ano` prints. Its words are translated on other systems, its columns are not. */
export function readNetstat(text: string, port: number): number | undefined {
  for (const line of text.split(/\r?\n/)) {
    const [protocol, local = "", remote = "", ...rest] = line.trim().split(/\s+/);
    const isListening = remote.endsWith(":0") && rest.length > 0;
    if (protocol === "TCP" && isListening && local.endsWith(`:${port}`)) return readPid(rest.at(-1));
  }
  return undefined;
}

/** The program's name in what `tasklist /FO CSV /NH` prints: `"node.exe","123",…`. */
export function readTasklist(text: string): string | undefined {
  return /^"([^"]+)","\d+"/m.exec(text)?.[1];
}

/** The name of the program in a command line, without its folder. */
export function nameProgram(words: readonly string[]): string | undefined {
  const [first = ""] = words;
  return baseName(first) || undefined;
}

/** The command of qbo in a command line that starts it, by its own name or through node: `login` of `node /usr/bin/qbo login`. */
export function readQboCommand(words: readonly string[]): string | undefined {
  const at = words.findIndex((word) => /^qbo(\.(js|cmd|exe))?$/.test(baseName(word)));
  if (at !== 0 && at !== 1) return undefined;
  const command = words.slice(at + 1).find((word) => !word.startsWith("-"));
  return command !== undefined && /^[a-z]{1,20}$/.test(command) ? command : undefined;
}

function baseName(word: string): string {
  return word.includes("\\") ? win32.basename(word) : posix.basename(word);
}

function readPid(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) && Number(text) > 0 ? Number(text) : undefined;
}
