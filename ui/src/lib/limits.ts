/** How many characters the server takes; a form says so instead of cutting what was typed. */
export const longest = {
  projectName: 20,
  deploymentName: 100,
  blueprintName: 20,
  blueprintDescription: 50,
};

/** Why a text is too long, undefined when it is not. */
export function tooLong(text: string, most: number): string | undefined {
  const length = [...text.trim()].length;
  return length > most ? `Use at most ${most} characters; these are ${length}.` : undefined;
}

/** Why a text is not a whole number between two others, undefined when it is one. */
export function notBetween(text: string, least: number, most: number): string | undefined {
  const digits = text.trim();
  const number = /^-?\d+$/.test(digits) ? Number(digits) : Number.NaN;
  if (number >= least && number <= most) return undefined;
  return `Write a whole number from ${least} to ${most}.`;
}
