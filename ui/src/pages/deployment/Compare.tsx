import { Select } from "@mantine/core";
import { useState } from "react";
import { stringify } from "yaml";
import { problems } from "../../api/errors";
import type { Rollout } from "../../api/types";
import { Button, IconButton } from "../../components/Button";
import { Note } from "../../components/Note";
import { Problems } from "../../components/Problems";
import { told } from "../../components/toast";
import { type DiffLine, diffLines, withContext } from "../../lib/diff";
import { relative, toDate } from "../../lib/time";
import { useFacts } from "./context";
import { useChangeRollout } from "./useRollOut";

/** What differs between two revisions, and the way back to the chosen one. */
export default function Compare({ chosen, close }: { chosen: Rollout; close: () => void }) {
  const { current, rollouts } = useFacts();
  const others = rollouts.filter((one) => one.id !== chosen.id);
  const [other, setOther] = useState((current && current.id !== chosen.id ? current : others[0])?.id);
  const against = rollouts.find((one) => one.id === other);
  const lines = against ? diffLines(text(against), text(chosen)) : [];
  const changes = withContext(lines);
  return (
    <aside className="card compare" aria-label="Comparison">
      <div className="hd">
        <h2 className="el">
          <span className="t3 mono">{tag(against)}</span> → <span className="mono">{tag(chosen)}</span>
        </h2>
        <span className="end">
          <IconButton small icon="x" label="Close the comparison" onClick={close} />
        </span>
      </div>
      <div className="bd stack">
        {others.length > 0 && (
          <Select
            label="Compare with"
            data={others.map((one) => ({ value: one.id, label: label(one) }))}
            value={other ?? null}
            allowDeselect={false}
            onChange={(id) => setOther(id ?? undefined)}
          />
        )}
        {against && !changes.length && <Note>The two manifests are the same.</Note>}
        {changes.length > 0 && <Diff lines={changes} />}
        {chosen.endDate !== "" && <GoBack chosen={chosen} close={close} />}
      </div>
    </aside>
  );
}

function text(rollout: Rollout): string {
  const yaml = stringify(rollout.manifest, { lineWidth: 0 });
  // Whether a secret changed is told by its fingerprint; the value is known to nobody here.
  return yaml.replace(/oc-secret:([0-9a-f]{4})[0-9a-f]*/g, "•••••••• fingerprint $1");
}

function tag(rollout: Rollout | undefined): string {
  return rollout?.manifest.spec.image?.tag ?? "–";
}

function label(rollout: Rollout): string {
  const when = toDate(rollout.startDate || rollout.created);
  return [tag(rollout), when && relative(when, new Date()), rollout.endDate === "" && "running"]
    .filter(Boolean)
    .join(" · ");
}

function Diff({ lines }: { lines: (DiffLine | "gap")[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a pane that scrolls must be reachable by keyboard
    <section className="dif" aria-label="Changed lines" tabIndex={0}>
      {lines.map((line, index) => {
        const key = `${index}`;
        if (line === "gap") {
          return (
            <div key={key} className="x ctx">
              …
            </div>
          );
        }
        return (
          <div key={key} className={`x ${line.kind === "same" ? "ctx" : line.kind}`}>
            {line.kind !== "same" && (
              <span className="vh">{line.kind === "add" ? "added: " : "removed: "}</span>
            )}
            {line.text}
          </div>
        );
      })}
    </section>
  );
}

function GoBack({ chosen, close }: { chosen: Rollout; close: () => void }) {
  const { current, deployment } = useFacts();
  const change = useChangeRollout();
  const again = !current;
  return (
    <>
      <Note kind="warn">Variables and secrets go back as well. Volumes stay as they are.</Note>
      {change.error && <Problems problems={problems(change.error)} />}
      <Button
        kind="primary"
        full
        icon={again ? "roll" : "undo"}
        busy={change.isPending}
        onClick={() =>
          change.mutate(
            { id: chosen.id, endDate: "" },
            {
              onSuccess: () => {
                told(`${deployment.name} goes ${again ? "up with" : "back to"} ${tag(chosen)}.`);
                close();
              },
            },
          )
        }
      >
        {again ? `Start ${tag(chosen)}` : `Roll back to ${tag(chosen)}`}
      </Button>
      <p className="hint">Nothing in the history is lost by this.</p>
    </>
  );
}
