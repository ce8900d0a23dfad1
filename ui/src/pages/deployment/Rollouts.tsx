import { Switch } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import type { Rollout } from "../../api/types";
import { SearchField } from "../../components/SearchField";
import { Waiting } from "../../components/Waiting";
import { flatten } from "../../lib/flatten";
import { useFacts } from "./context";
import { RolloutTable } from "./RolloutTable";

const Compare = lazy(() => import("./Compare"));
const route = getRouteApi("/app/projects/$projectId/deployments/$deploymentId/rollouts");

/** The history: every revision with who, why, when and what came of it; two of them side by side on demand. */
export function Rollouts() {
  const { rollouts } = useFacts();
  const { q, hidden, compare } = route.useSearch();
  const navigate = route.useNavigate();
  const hiddenCount = rollouts.filter((one) => one.hide).length;
  const shown = rollouts.filter((one) => (hidden || !one.hide) && matches(one, q));
  const chosen = rollouts.find((one) => one.id === compare);
  const choose = (id: string | undefined) =>
    navigate({ search: (old) => ({ ...old, compare: id }), replace: true });
  return (
    <>
      <p className="sent mt5">{told(rollouts)}</p>
      <div className={chosen ? "two even mt4" : "mt4"}>
        <section className="card" aria-label="Rollouts">
          <div className="hd">
            <SearchField
              label="Find in the manifests"
              value={q ?? ""}
              change={(text) =>
                navigate({ search: (old) => ({ ...old, q: text || undefined }), replace: true })
              }
            />
            {hiddenCount > 0 && (
              <span className="end">
                <Switch
                  label={`Show hidden (${hiddenCount})`}
                  checked={hidden === true}
                  onChange={(event) => {
                    const on = event.currentTarget.checked || undefined;
                    navigate({ search: (old) => ({ ...old, hidden: on }), replace: true });
                  }}
                />
              </span>
            )}
          </div>
          {shown.length ? (
            <RolloutTable rollouts={shown} chosen={compare} choose={choose} />
          ) : (
            <p className="bd t3">
              {rollouts.length ? "No revision matches." : "Nothing has been rolled out yet."}
            </p>
          )}
        </section>
        {chosen && (
          <Suspense fallback={<Waiting />}>
            <Compare key={chosen.id} chosen={chosen} close={() => choose(undefined)} />
          </Suspense>
        )}
      </div>
    </>
  );
}

function matches(rollout: Rollout, q: string | undefined): boolean {
  const words = (q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return true;
  const text = `${rollout.id} ${flatten(rollout.manifest)}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

function told(rollouts: Rollout[]): string {
  if (!rollouts.length) return "No revisions yet.";
  const count = rollouts.length === 1 ? "1 revision" : `${rollouts.length} revisions`;
  return rollouts.some((one) => one.endDate === "")
    ? `${count}, one of them running.`
    : `${count}; none is running.`;
}
