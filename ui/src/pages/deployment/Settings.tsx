import { lazy, Suspense } from "react";
import { Card } from "../../components/Card";
import { Waiting } from "../../components/Waiting";
import { ConfigForm } from "./ConfigForm";
import { useFacts } from "./context";
import { DeleteDeployment } from "./DeleteDeployment";
import { Rename } from "./Rename";

const ManifestEditor = lazy(() => import("./ManifestEditor"));

/** Everything that can be set: name, pods and variables, the whole manifest, deletion. */
export function Settings() {
  const { deployment, current, rollouts } = useFacts();
  const base = current ?? rollouts[0];
  return (
    <div className="stack mt5 narrow">
      <Card title="Name">
        <Rename key={deployment.id} />
      </Card>
      {base && (
        <Card title="Pods and variables" note="Saving makes a new revision">
          <ConfigForm key={base.id} base={base.manifest} />
        </Card>
      )}
      {base && (
        <Card title="Manifest" note="Everything, as YAML">
          <Suspense fallback={<Waiting rows={8} />}>
            <ManifestEditor key={base.id} rollout={base} />
          </Suspense>
        </Card>
      )}
      <Card title="Delete this deployment" danger>
        <DeleteDeployment />
      </Card>
    </div>
  );
}
