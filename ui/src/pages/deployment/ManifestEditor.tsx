import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { type Problem, problems } from "../../api/errors";
import type { Rollout } from "../../api/types";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { Problems } from "../../components/Problems";
import { told } from "../../components/toast";
import { YamlEditor } from "../../components/YamlEditor";
import { fromYaml, toYaml } from "../../lib/yaml";
import { useRollOut } from "./useRollOut";

/** The whole manifest as YAML; saving it is a new rollout. */
export default function ManifestEditor({ rollout }: { rollout: Rollout }) {
  const before = toYaml(rollout.manifest);
  const [text, setText] = useState(before);
  const [wrong, setWrong] = useState<Problem[]>([]);
  const rollOut = useRollOut();

  function save(): void {
    setWrong([]);
    try {
      rollOut.mutate(fromYaml(text), {
        onSuccess: () => told("Rolling out."),
        onError: (error) => setWrong(problems(error)),
      });
    } catch (error) {
      setWrong(problems(error));
    }
  }

  return (
    <div className="stack">
      <YamlEditor
        label="Manifest"
        value={text}
        change={setText}
        hint="Secrets show as oc-secret:…; left as they are they keep their value. Esc, then Tab, leaves the editor."
      />
      <Problems problems={wrong} />
      <div className="row w">
        <Button kind="primary" icon="roll" disabled={text === before} busy={rollOut.isPending} onClick={save}>
          Roll out this manifest
        </Button>
        {text !== before && (
          <Button kind="quiet" onClick={() => setText(before)}>
            Reset
          </Button>
        )}
        <Link className="btn end" to="/app/blueprints/new" search={{ from: rollout.id }}>
          <Icon name="blueprint" />
          Save as blueprint
        </Link>
      </div>
    </div>
  );
}
