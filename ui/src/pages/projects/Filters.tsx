import { getRouteApi } from "@tanstack/react-router";
import { Icon } from "../../components/Icon";
import { SearchField } from "../../components/SearchField";
import { readTags } from "../../lib/tags";
import type { Whole } from "../../shell/useParts";

const route = getRouteApi("/app/");

/** Text, tags as chips with counts, and cards or a table; all of it is in the address. */
export function Filters({ wholes }: { wholes: Whole[] }) {
  const { q, tag, view } = route.useSearch();
  const navigate = route.useNavigate();
  const counts = new Map<string, number>();
  for (const { project } of wholes)
    for (const one of readTags(project.tags)) counts.set(one, (counts.get(one) ?? 0) + 1);
  const choose = (chosen: string | undefined) =>
    navigate({ search: (old) => ({ ...old, tag: chosen }), replace: true });
  return (
    <div className="tb">
      <SearchField
        label="Find a project"
        value={q ?? ""}
        change={(text) => navigate({ search: (old) => ({ ...old, q: text || undefined }), replace: true })}
      />
      {counts.size > 0 && (
        <div className="chips">
          <Chip label="All" count={wholes.length} on={!tag} choose={() => choose(undefined)} />
          {[...counts].sort().map(([name, count]) => (
            <Chip
              key={name}
              label={name}
              count={count}
              on={tag === name}
              choose={() => choose(tag === name ? undefined : name)}
            />
          ))}
        </div>
      )}
      <div className="seg end only-d">
        <button
          type="button"
          aria-pressed={view !== "table"}
          onClick={() => navigate({ search: (old) => ({ ...old, view: undefined }), replace: true })}
        >
          <Icon name="projects" size="s" />
          Cards
        </button>
        <button
          type="button"
          aria-pressed={view === "table"}
          onClick={() => navigate({ search: (old) => ({ ...old, view: "table" }), replace: true })}
        >
          <Icon name="table" size="s" />
          Table
        </button>
      </div>
    </div>
  );
}

function Chip({
  label,
  count,
  on,
  choose,
}: {
  label: string;
  count: number;
  on: boolean;
  choose: () => void;
}) {
  return (
    <button type="button" className="chip" aria-pressed={on} onClick={choose}>
      {label}
      <span className="n">{count}</span>
    </button>
  );
}
