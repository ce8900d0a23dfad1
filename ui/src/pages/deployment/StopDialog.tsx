import { Modal } from "@mantine/core";
import { problems } from "../../api/errors";
import type { Rollout } from "../../api/types";
import { Button } from "../../components/Button";
import { Problems } from "../../components/Problems";
import { useFacts } from "./context";
import { useChangeRollout } from "./useRollOut";

/** Ends what runs. Volumes stay, and every revision can be started again. */
export function StopDialog({
  opened,
  close,
  rollout,
}: {
  opened: boolean;
  close: () => void;
  rollout: Rollout;
}) {
  const { deployment, pods } = useFacts();
  const change = useChangeRollout();
  const count = pods.length === 1 ? "Its pod ends" : `Its ${pods.length} pods end`;
  return (
    <Modal opened={opened} onClose={close} title={`Stop ${deployment.name}`}>
      <div className="stack">
        <p className="t2">
          {count}, and its addresses answer no more. Volumes and history are kept; start any revision again
          under Rollouts.
        </p>
        {change.error && <Problems problems={problems(change.error)} />}
        <div className="row dialog-foot">
          <Button onClick={close}>Keep it running</Button>
          <Button
            kind="danger"
            icon="s-stopped"
            busy={change.isPending}
            onClick={() =>
              change.mutate(
                { id: rollout.id, endDate: new Date().toISOString().replace("T", " ") },
                { onSuccess: close },
              )
            }
          >
            Stop
          </Button>
        </div>
      </div>
    </Modal>
  );
}
