/** The value that a JSON text holds; `undefined` when it is none. */
export function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value ?? undefined;
  } catch {
    // What kind of text it is is found out by trying; the caller reports what fits none.
    return undefined;
  }
}
