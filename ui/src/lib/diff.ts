/** One line of a comparison. */
export interface DiffLine {
  kind: "same" | "add" | "del";
  text: string;
}

/** Compares two texts line by line, by their longest common subsequence; manifests are short enough for the plain way. */
export function diffLines(before: string, after: string): DiffLine[] {
  const a = before.split("\n");
  const b = after.split("\n");
  const lengths = commonLengths(a, b);
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ kind: "same", text: a[i] as string });
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && at(lengths, i + 1, j) >= at(lengths, i, j + 1))) {
      lines.push({ kind: "del", text: a[i] as string });
      i += 1;
    } else {
      lines.push({ kind: "add", text: b[j] as string });
      j += 1;
    }
  }
  return lines;
}

function at(table: Uint32Array[], i: number, j: number): number {
  return table[i]?.[j] ?? 0;
}

function commonLengths(a: string[], b: string[]): Uint32Array[] {
  const table = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const row = table[i] as Uint32Array;
      row[j] =
        a[i] === b[j] ? at(table, i + 1, j + 1) + 1 : Math.max(at(table, i + 1, j), at(table, i, j + 1));
    }
  }
  return table;
}

/** Keeps `around` unchanged lines on each side of a change; a gap is a line of its own without text. */
export function withContext(lines: DiffLine[], around = 2): (DiffLine | "gap")[] {
  const near = new Set<number>();
  lines.forEach((line, index) => {
    if (line.kind === "same") return;
    for (let place = index - around; place <= index + around; place += 1) near.add(place);
  });
  const kept: (DiffLine | "gap")[] = [];
  lines.forEach((line, index) => {
    if (near.has(index)) kept.push(line);
    else if (kept.length && kept.at(-1) !== "gap") kept.push("gap");
  });
  return kept;
}
