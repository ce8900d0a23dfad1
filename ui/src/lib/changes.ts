import type { Manifest, Variable } from "../api/types";

/** What a revision changed against the one before it, in the application's words: "Image", "2 variables". */
export function changes(before: Manifest | undefined, after: Manifest | undefined): string[] {
  if (!before?.spec || !after?.spec) return [];
  const found: string[] = [];
  const { image: oldImage, horizontalScale: oldScale, resources: oldResources, ...old } = before.spec;
  const { image, horizontalScale, resources, ...now } = after.spec;
  if (differ(oldImage, image)) found.push("Image");
  if (differ(oldScale, horizontalScale)) found.push("Pods");
  if (differ(oldResources, resources)) found.push("Resources");
  push(found, counted(old.env, now.env), "variable");
  push(found, counted(old.secrets, now.secrets), "secret");
  if (differ(old.interfaces ?? [], now.interfaces ?? [])) found.push("Network");
  if (differ(old.volumes ?? [], now.volumes ?? [])) found.push("Volumes");
  if (differ(rest(old), rest(now))) found.push("Other settings");
  return found;
}

function rest({ env: _, secrets: __, interfaces: ___, volumes: ____, ...others }: Record<string, unknown>) {
  return others;
}

function push(found: string[], count: number, word: string): void {
  if (count) found.push(count === 1 ? `1 ${word}` : `${count} ${word}s`);
}

/** How many names came, went or have another value. */
function counted(before: Variable[] = [], after: Variable[] = []): number {
  const old = new Map(before.map((one) => [one.name, one.value]));
  const now = new Map(after.map((one) => [one.name, one.value]));
  return [...new Set([...old.keys(), ...now.keys()])].filter((name) => old.get(name) !== now.get(name))
    .length;
}

function differ(a: unknown, b: unknown): boolean {
  return sorted(a) !== sorted(b);
}

/** JSON whose keys are in one order, since the order of a stored manifest's keys means nothing. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) =>
    one && typeof one === "object" && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}
