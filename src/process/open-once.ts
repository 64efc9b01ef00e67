/**
 * Opens things by their names, each once. A failure is not kept: in a process that runs for months it may be over by the next time.
 */
export function openOnce<N extends { text: string }, T>(open: (name: N) => Promise<T>): (name: N) => Promise<T> {
  const opened = new Map<string, Promise<T>>();
  return (name) => {
    const known = opened.get(name.text);
    if (known) return known;
    const fresh = open(name);
    opened.set(name.text, fresh);
    fresh.catch(() => opened.delete(name.text));
    return fresh;
  };
}
