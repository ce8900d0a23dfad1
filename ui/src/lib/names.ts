/** The name itself, or with the first number behind it that nobody has; small and capital letters are the same. */
export function freeName(wanted: string, taken: string[]): string {
  const used = new Set(taken.map((one) => one.trim().toLowerCase()));
  if (!wanted || !used.has(wanted.toLowerCase())) return wanted;
  let number = 2;
  while (used.has(`${wanted}-${number}`.toLowerCase())) number += 1;
  return `${wanted}-${number}`;
}
