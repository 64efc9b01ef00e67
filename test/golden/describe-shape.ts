/** The keys and the kinds of a JSON document, in its own order, as text: one key a line. Of a list each kind of element once, whichever comes first. */
export function describeShape(value: unknown, indent = ""): string {
  if (Array.isArray(value)) {
    const shapes = [...new Set(value.map((item) => describeShape(item, `${indent}  `)))].toSorted();
    return shapes.length === 0 ? "[]" : `[\n${shapes.map((shape) => `${indent}  ${shape}\n`).join("")}${indent}]`;
  }
  if (typeof value !== "object" || value === null) return nameKind(value);
  const lines = Object.entries(value).map(([key, inner]) => `${indent}  ${key}: ${describeShape(inner, `${indent}  `)}\n`);
  return `{\n${lines.join("")}${indent}}`;
}

function nameKind(value: unknown): string {
  if (value === null) return "null";
  if (typeof value !== "string") return typeof value;
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value) ? "time" : "string";
}
