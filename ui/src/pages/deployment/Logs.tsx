import { Select, Switch } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { Button, IconButton } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { SearchField } from "../../components/SearchField";
import { grouped } from "../../lib/amounts";
import { shortPod } from "../../lib/pods";
import { useFacts } from "./context";
import { LogPane } from "./LogPane";
import { useLogs } from "./useLogs";

const route = getRouteApi("/app/projects/$projectId/deployments/$deploymentId/logs");
const together = 8;

/** The log of one pod or of all, live; scrolling up pauses it. */
export function Logs() {
  const { projectId, deployment, pods } = useFacts();
  const { pod, q } = route.useSearch();
  const navigate = route.useNavigate();
  const [previous, setPrevious] = useState(false);
  const [paused, setPaused] = useState(false);
  const names = useMemo(() => pods.map((one) => one.metadata.name), [pods]);
  const chosen = useMemo(() => (pod ? [pod] : names.slice(0, together)), [pod, names]);
  const { lines, waiting, problem, download } = useLogs({ projectId, pods: chosen, previous, paused });
  const search = (q ?? "").trim();
  const shown = useMemo(() => {
    const low = search.toLowerCase();
    return low ? lines.filter((line) => line.text.toLowerCase().includes(low)) : lines;
  }, [lines, search]);
  const options = [
    { value: "", label: names.length > together ? `The first ${together} pods` : "All pods" },
    ...[...new Set([...names, ...(pod ? [pod] : [])])].map((name) => ({
      value: name,
      label: shortPod(name),
    })),
  ];
  return (
    <div className="logs mt4">
      <div className="ltb">
        <SearchField
          className="grow"
          label="Find in the lines"
          value={q ?? ""}
          change={(text) => navigate({ search: (old) => ({ ...old, q: text || undefined }), replace: true })}
        />
        <Select
          aria-label="Pod"
          className="pod-choice"
          data={options}
          value={pod ?? ""}
          allowDeselect={false}
          onChange={(name) =>
            navigate({ search: (old) => ({ ...old, pod: name || undefined }), replace: true })
          }
        />
        <Switch
          label="Previous run"
          checked={previous}
          onChange={(event) => setPrevious(event.currentTarget.checked)}
        />
        <IconButton
          icon="download"
          label="Download what is shown"
          onClick={() => download(shown, deployment.name)}
        />
      </div>
      <LogPane
        lines={shown}
        search={search}
        paused={paused}
        pause={setPaused}
        problem={problem}
        empty={emptyText(names.length, lines.length)}
      />
      <div className="lfoot">
        {paused ? (
          <>
            <span className="st rest">
              <Icon name="s-paused" />
              Paused
            </span>
            <span>{waiting ? `${grouped(waiting)} new lines are waiting` : "No new lines"}</span>
            <span className="end">
              <Button kind="primary" size="sm" icon="play" onClick={() => setPaused(false)}>
                Go on
              </Button>
            </span>
          </>
        ) : (
          <>
            <span className="t3">
              {grouped(shown.length)} {shown.length === 1 ? "line" : "lines"}
              {search && ` of ${grouped(lines.length)}`}
            </span>
            <span className="end">
              {!previous && (
                <Button size="sm" icon="pause" onClick={() => setPaused(true)}>
                  Pause
                </Button>
              )}
            </span>
          </>
        )}
      </div>
    </div>
  );
}

function emptyText(pods: number, lines: number): string {
  if (!pods) return "No pods run, so there is nothing to read.";
  return lines ? "No line matches." : "No lines yet.";
}
