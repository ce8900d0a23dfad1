/** A policy as the form offers it; a version constraint is a field of its own. */
export interface Policy {
  value: string;
  label: string;
  /** What it does, in a sentence. */
  says: string;
}

export const policies: Policy[] = [
  {
    value: "semver",
    label: "Higher version number",
    says: "The highest version written like the running one: 1.27-alpine goes to 1.28-alpine, never back, and never to a release candidate.",
  },
  {
    value: "digest",
    label: "The same tag, when its content changes",
    says: "The tag stays. When it leads to another image, that image is rolled out, fixed by its digest.",
  },
  {
    value: "latest",
    label: "The tag latest",
    says: "Goes to the tag latest, and follows what it leads to from then on.",
  },
  {
    value: "timestamp",
    label: "Later time in the tag",
    says: "The tag with the highest Unix time of ten digits in it, such as main-1764115200; never an earlier one.",
  },
  {
    value: "desc",
    label: "Last by name",
    says: "The tag that comes last in the order of characters, such as 2026-11-30 after 2026-11-29.",
  },
  {
    value: "asc",
    label: "First by name",
    says: "The tag that comes first in the order of characters.",
  },
];

/** Takes a stored policy apart: `semver:~1.2` is the policy `semver` with the constraint `~1.2`. */
export function splitPolicy(stored: string): { policy: string; constraint: string } {
  if (!stored.startsWith("semver:")) return { policy: stored, constraint: "" };
  return { policy: "semver", constraint: stored.slice("semver:".length) };
}

export function joinPolicy(policy: string, constraint: string): string {
  const text = constraint.trim();
  return policy === "semver" && text ? `semver:${text}` : policy;
}

const units: Record<string, [seconds: number, word: string]> = {
  w: [604_800, "week"],
  d: [86_400, "day"],
  h: [3600, "hour"],
  m: [60, "minute"],
  s: [1, "second"],
};

/** An interval such as `1h30m` in words; or what to write instead. */
export function readInterval(text: string): { words: string } | { problem: string } {
  const parts = [...text.trim().matchAll(/(\d{1,9})([smhdw])/g)];
  if (!parts.length || parts.map(([all]) => all).join("") !== text.trim())
    return { problem: "Write an interval such as 5m, 1h30m or 2d: numbers, each with s, m, h, d or w." };
  const seconds = parts.reduce(
    (sum, [, number, unit]) => sum + Number(number) * (units[unit as string]?.[0] ?? 0),
    0,
  );
  if (seconds < 60) return { problem: "The shortest interval is one minute: 1m." };
  if (seconds > 52 * 604_800) return { problem: "The longest interval is 52 weeks: 52w." };
  const words = parts.map(([, number, unit]) => {
    const word = units[unit as string]?.[1];
    return Number(number) === 1 ? `${word}` : `${Number(number)} ${word}s`;
  });
  return { words: `every ${words.join(" ")}` };
}
