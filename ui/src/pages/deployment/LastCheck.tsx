import { useMutation } from "@tanstack/react-query";
import { send } from "../../api/client";
import type { AutoUpdate } from "../../api/types";
import { Button } from "../../components/Button";
import { State } from "../../components/State";
import { Time } from "../../components/Time";
import { failed, told } from "../../components/toast";

/** What the registry said last, as it is known at this moment. */
export function LastCheck({ record }: { record: AutoUpdate }) {
  const check = useMutation({
    mutationFn: () => send(`/auto-update/${record.id}`, { method: "POST" }),
    onSuccess: () => told("The registry is being asked."),
    onError: failed,
  });
  const { error, verdict, lastCheck } = record;
  return (
    <div className="check">
      <div className="grow" role="status" aria-label="Last check">
        {error ? (
          <State state="degraded" word="The last check failed" />
        ) : lastCheck ? (
          <State state="healthy" word="Checked" />
        ) : (
          <State state="pending" word="Not checked yet" />
        )}{" "}
        {lastCheck && <Time className="t3" at={lastCheck} />}
        {(error || verdict) && <p className="t2 mt2 wraps">{error || verdict}</p>}
      </div>
      <Button size="sm" icon="restart" busy={check.isPending} onClick={() => check.mutate()}>
        Check now
      </Button>
    </div>
  );
}
