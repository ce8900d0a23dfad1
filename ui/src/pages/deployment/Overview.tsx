import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { events } from "../../api/queries";
import { Card } from "../../components/Card";
import { Note } from "../../components/Note";
import { healthSentence } from "../../lib/health";
import { podState } from "../../lib/pods";
import { useFacts } from "./context";
import { EventList } from "./EventList";
import { Facts } from "./Facts";
import { ImageForm } from "./ImageForm";
import { Pods } from "./Pods";
import { Why } from "./Why";

/** One sentence on how it is, then what proves it. */
export function Overview() {
  const { projectId, deployment, current, state, pods } = useFacts();
  const list = useQuery(events(projectId, deployment.id));
  const ready = pods.filter((pod) => podState(pod) === "ready").length;
  const wanted = current?.manifest.spec.horizontalScale?.minReplicas ?? 0;
  const sentence = healthSentence(current, ready, wanted);
  const newest = (list.data ?? []).slice(0, 8);
  return (
    <>
      {state === "failed" ? (
        <div className="mt5">
          <Note kind="bad">
            <p className="sent big m">{sentence}</p>
          </Note>
        </div>
      ) : (
        <p className="sent big mt5">{sentence}</p>
      )}
      <div className="two mt5">
        <div className="stack">
          <Pods />
          <Card
            title="Events"
            note={list.error ? "The cluster gave no events." : undefined}
            actions={
              <Link
                className="btn q sm"
                to="/app/projects/$projectId/deployments/$deploymentId/events"
                params={{ projectId, deploymentId: deployment.id }}
              >
                All events
              </Link>
            }
          >
            <EventList events={newest} empty="No events in the last hour." />
          </Card>
        </div>
        <div className="stack">
          {current && (
            <Card
              title="Image"
              actions={
                <Link
                  className="btn q sm"
                  to="/app/projects/$projectId/deployments/$deploymentId/image"
                  params={{ projectId, deploymentId: deployment.id }}
                >
                  Automatic updates
                </Link>
              }
            >
              <ImageForm key={current.id} current={current} />
            </Card>
          )}
          {current && <Why />}
          {current && <Facts />}
        </div>
      </div>
    </>
  );
}
