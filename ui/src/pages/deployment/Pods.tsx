import { Modal } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { send } from "../../api/client";
import { problems } from "../../api/errors";
import { metrics, type PodMetrics } from "../../api/queries";
import { Button, IconButton } from "../../components/Button";
import { Card } from "../../components/Card";
import { Icon } from "../../components/Icon";
import { Pips } from "../../components/Pips";
import { Problems } from "../../components/Problems";
import { Age } from "../../components/Time";
import { cores, mebibytes } from "../../lib/amounts";
import { type Pod, type PodState, podReason, podState, restarts, shortPod } from "../../lib/pods";
import { useFacts } from "./context";

const words: Record<PodState, string> = {
  ready: "Ready",
  starting: "Starting",
  waiting: "Waiting",
  "not ready": "Not ready",
  failing: "Failing",
  stopping: "Stopping",
};

/** The pods, live: state, load, restarts and age of each. */
export function Pods() {
  const { projectId, deployment, pods, socket } = useFacts();
  const usage = useQuery({ ...metrics(projectId, deployment.id), enabled: pods.length > 0 });
  const byName = new Map((usage.data ?? []).map((one) => [one.name, one]));
  const note =
    socket === "lost"
      ? "Connection lost, trying again"
      : socket === "refused"
        ? "Live state was refused"
        : undefined;
  return (
    <Card title="Pods" note={note} bare>
      {pods.length === 0 ? (
        <p className="bd t3">{socket === "open" ? "No pods run." : "Asking the cluster."}</p>
      ) : (
        <div className="tw">
          <table className="tight cards-on-phone pods">
            <thead>
              <tr>
                <th scope="col">Pod</th>
                <th scope="col">State</th>
                <th scope="col">Node</th>
                <th scope="col" className="num">
                  CPU
                </th>
                <th scope="col" className="num">
                  Memory, MiB
                </th>
                <th scope="col" className="num">
                  Restarts
                </th>
                <th scope="col" className="num">
                  Age
                </th>
                <th scope="col">
                  <span className="vh">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {pods.map((pod) => (
                <Row key={pod.metadata.name} pod={pod} usage={byName.get(pod.metadata.name)} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}

function Row({ pod, usage }: { pod: Pod; usage: PodMetrics | undefined }) {
  const { projectId, deployment } = useFacts();
  const [deleting, setDeleting] = useState(false);
  const state = podState(pod);
  const name = pod.metadata.name;
  const reason = podReason(pod);
  return (
    <>
      <tr className={reason ? "told" : undefined}>
        <td className="mono" title={name}>
          {shortPod(name)}
        </td>
        <td>
          <span className="row">
            <span aria-hidden="true">
              <Pips pods={[state]} />
            </span>
            <span className="m">{words[state]}</span>
          </span>
        </td>
        <td className="t2">{pod.spec?.nodeName ?? "–"}</td>
        <td className="num" data-label="CPU">
          {cores(usage?.cpu)}
        </td>
        <td className="num" data-label="MiB">
          {mebibytes(usage?.memory)}
        </td>
        <td className="num" data-label="Restarts">
          {restarts(pod)}
        </td>
        <td className="num t2">
          <Age since={pod.metadata.creationTimestamp} />
        </td>
        <td>
          <span className="row g1 right">
            <Link
              className="iconb sm"
              to="/app/projects/$projectId/deployments/$deploymentId/logs"
              params={{ projectId, deploymentId: deployment.id }}
              search={{ pod: name }}
              aria-label={`Logs of ${shortPod(name)}`}
              title="Logs"
            >
              <Icon name="logs" size="s" />
            </Link>
            <IconButton
              small
              icon="restart"
              label={`Replace ${shortPod(name)}`}
              onClick={() => setDeleting(true)}
            />
          </span>
          <ReplaceDialog opened={deleting} close={() => setDeleting(false)} name={name} />
        </td>
      </tr>
      {/* The cluster's sentences are long: in the column of states they would make the row a tower. */}
      {reason && (
        <tr className="reason">
          <td />
          <td colSpan={7} className="fs12 t2">
            {reason}
          </td>
        </tr>
      )}
    </>
  );
}

function ReplaceDialog({ opened, close, name }: { opened: boolean; close: () => void; name: string }) {
  const { projectId } = useFacts();
  const remove = useMutation({
    mutationFn: () => send(`/rollouts/${projectId}/${name}`, { method: "DELETE" }),
    onSuccess: close,
  });
  return (
    <Modal opened={opened} onClose={close} title={`Replace pod ${shortPod(name)}`}>
      <div className="stack">
        <p className="t2">
          The pod <span className="mono wraps">{name}</span> is deleted, and the cluster starts another in its
          place. What it kept outside of volumes is lost.
        </p>
        {remove.error && <Problems problems={problems(remove.error)} />}
        <div className="row dialog-foot">
          <Button onClick={close}>Keep it</Button>
          <Button kind="danger" icon="restart" busy={remove.isPending} onClick={() => remove.mutate()}>
            Replace pod
          </Button>
        </div>
      </div>
    </Modal>
  );
}
