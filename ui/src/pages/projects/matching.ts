import { readTags } from "../../lib/tags";
import type { ProjectsSearch } from "../../router";
import type { Whole } from "../../shell/useParts";

/** The projects that the filters in the address leave over. */
export function matching(wholes: Whole[], { q, tag }: ProjectsSearch): Whole[] {
  const words = (q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  return wholes.filter(({ project, parts }) => {
    const tags = readTags(project.tags);
    if (tag && !tags.includes(tag)) return false;
    const text = [
      project.name,
      project.description,
      ...tags,
      ...parts.map((part) => part.deployment.name),
    ].join(" ");
    return words.every((word) => text.toLowerCase().includes(word));
  });
}
