/** One line of a log, taken apart as far as it shows its parts. */
export interface LogLine {
  /** Grows by one with each line; also the line's key on the screen. */
  id: number;
  pod: string;
  time: string;
  level: "error" | "warn" | "info" | "debug" | "";
  text: string;
}

const stamp = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))\s/;
const levels: [LogLine["level"], RegExp][] = [
  ["error", /\b(?:error|fatal|panic|critical|emerg|alert|crit)\b/i],
  ["warn", /\bwarn(?:ing)?\b/i],
  ["debug", /\b(?:debug|trace)\b/i],
  ["info", /\b(?:info|notice)\b/i],
];

/** The level is the first level word near the beginning; a word deep in the message is not one. */
export function readLine(raw: string, pod: string, id: number): LogLine {
  const time = stamp.exec(raw)?.[1] ?? "";
  const text = time ? raw.slice(time.length + 1) : raw;
  const head = text.slice(0, 80);
  const level = levels.find(([, pattern]) => pattern.test(head))?.[0] ?? "";
  return { id, pod, time, level, text };
}

/** A bounded list of lines that forgets its oldest. */
export class LogBuffer {
  private kept: LogLine[] = [];
  private next = 0;

  constructor(private readonly limit = 5000) {}

  get lines(): LogLine[] {
    return this.kept;
  }

  add(pod: string, frame: string): void {
    const fresh = frame
      .replace(/\n$/, "")
      .split("\n")
      .map((raw) => {
        this.next += 1;
        return readLine(raw.replace(/\r$/, ""), pod, this.next);
      });
    this.kept = [...this.kept, ...fresh].slice(-this.limit);
  }

  /** Forgets the lines of one pod, whose stream begins anew. */
  drop(pod: string): void {
    this.kept = this.kept.filter((line) => line.pod !== pod);
  }
}

/** The parts of a text around what was searched, for marking it. */
export function marked(text: string, search: string): { text: string; hit: boolean }[] {
  if (!search) return [{ text, hit: false }];
  const parts: { text: string; hit: boolean }[] = [];
  const low = text.toLowerCase();
  const needle = search.toLowerCase();
  let from = 0;
  for (let at = low.indexOf(needle); at >= 0; at = low.indexOf(needle, from)) {
    if (at > from) parts.push({ text: text.slice(from, at), hit: false });
    parts.push({ text: text.slice(at, at + needle.length), hit: true });
    from = at + needle.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), hit: false });
  return parts;
}
