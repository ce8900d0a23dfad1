import { Switch } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { problems } from "../../api/errors";
import { events } from "../../api/queries";
import { Card } from "../../components/Card";
import { Problems } from "../../components/Problems";
import { Waiting } from "../../components/Waiting";
import { useFacts } from "./context";
import { EventList } from "./EventList";
import { useEventSocket } from "./useEventSocket";

/** Everything the cluster has told of this deployment lately; new events come by themselves. */
export function Events() {
  const { projectId, deployment } = useFacts();
  const list = useQuery(events(projectId, deployment.id));
  useEventSocket(projectId, deployment.id);
  const [onlyTrouble, setOnlyTrouble] = useState(false);
  const all = list.data ?? [];
  const shown = onlyTrouble ? all.filter((one) => one.typus === "Warning") : all;
  return (
    <div className="mt5">
      <Card
        title="Events"
        note={all.length ? `${all.length} in the last hour` : undefined}
        actions={
          <Switch
            label="Only trouble"
            labelPosition="left"
            checked={onlyTrouble}
            onChange={(event) => setOnlyTrouble(event.currentTarget.checked)}
          />
        }
      >
        {list.error && <Problems problems={problems(list.error)} />}
        {list.isPending ? (
          <Waiting />
        ) : (
          <EventList events={shown} empty={onlyTrouble ? "No trouble." : "No events in the last hour."} />
        )}
      </Card>
    </div>
  );
}
