/** Every path and value of a JSON document as one text, for searching in it. */
export function flatten(value: unknown, path = ""): string {
  if (typeof value !== "object" || value === null) return `${path}: ${String(value)}\n`;
  return Object.entries(value)
    .map(([key, child]) => flatten(child, path ? `${path}.${key}` : key))
    .join("");
}
