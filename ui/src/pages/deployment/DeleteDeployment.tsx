import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { pb } from "../../api/client";
import { put } from "../../api/realtime";
import { Button } from "../../components/Button";
import { DeleteDialog } from "../../components/DeleteDialog";
import { told } from "../../components/toast";
import { memoryWords } from "../../lib/amounts";
import { useFacts } from "./context";

/** Deleting a deployment; its volumes go only when that is asked for. */
export function DeleteDeployment() {
  const { projectId, deployment, current, rollouts } = useFacts();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const [opened, setOpened] = useState(false);
  const volumes = (current ?? rollouts[0])?.manifest.spec.volumes ?? [];
  const list = volumes.map((one) => `${one.name} (${memoryWords(one.size)})`).join(", ");

  async function remove(withVolumes: boolean): Promise<void> {
    await pb
      .collection("deployments")
      .delete(deployment.id, withVolumes ? { query: { volumes: "delete" } } : {});
    await navigate({ to: "/app/projects/$projectId", params: { projectId } });
    put(cache, ["deployments"], deployment, true);
    if (current) put(cache, ["running"], current, true);
    told(`${deployment.name} is deleted.`);
  }

  return (
    <>
      <p className="t2">
        Its pods, addresses and history go.{volumes.length ? " Its volumes are kept unless you say so." : ""}
      </p>
      <Button className="mt4" kind="danger" icon="trash" onClick={() => setOpened(true)}>
        Delete deployment
      </Button>
      <DeleteDialog
        opened={opened}
        close={() => setOpened(false)}
        what="deployment"
        name={deployment.name || deployment.id}
        choice={volumes.length ? `Delete the data on its volumes too: ${list}` : undefined}
        remove={remove}
      >
        {rollouts.length === 1 ? "1 revision goes" : `${rollouts.length} revisions go`}, and what runs stops
        at once. This cannot be undone.
      </DeleteDialog>
    </>
  );
}
