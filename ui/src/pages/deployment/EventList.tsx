import type { ClusterEvent } from "../../api/types";
import { Icon } from "../../components/Icon";
import { Time } from "../../components/Time";
import { shortPod } from "../../lib/pods";

/** Events as the cluster tells them, newest first; a warning has a mark of its own. */
export function EventList({ events, empty }: { events: ClusterEvent[]; empty: string }) {
  if (!events.length) return <p className="t3">{empty}</p>;
  return (
    <ul className="ev">
      {events.map((event, index) => {
        const warning = event.typus === "Warning";
        const repeated = (event.count ?? 1) > 1 ? ` ${event.count} times.` : "";
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: events carry no id, and two may be alike
          <li key={`${event.time}${event.reason}${event.message}${index}`}>
            <span className={warning ? "c-warn" : "c-rest"}>
              <Icon name={warning ? "s-degraded" : "right"} />
              <span className="vh">{warning ? "Warning" : "Normal"}</span>
            </span>
            <span className="wraps">
              <b className="m">{event.reason}.</b> {event.message}
              {repeated}{" "}
              {event.name && (
                <span className="t3 fs12 mono" title={event.name}>
                  {[event.kind, event.kind === "Pod" ? shortPod(event.name) : event.name]
                    .filter(Boolean)
                    .join("\u00a0")}
                </span>
              )}
            </span>
            <Time at={event.time} />
          </li>
        );
      })}
    </ul>
  );
}
