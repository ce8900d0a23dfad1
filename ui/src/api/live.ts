import { useEffect, useMemo, useState } from "react";
import type { Pod } from "../lib/pods";
import { connect, type SocketState } from "./sockets";

/** One live object of the cluster, as the socket `/ws/k8s/rollouts` sends it. */
export interface LiveObject<Body = unknown> {
  kind: string;
  name: string;
  namespace: string;
  labels: Record<string, string> | null;
  status: "ADDED" | "MODIFIED" | "DELETED" | "ERROR";
  object: Body;
}

export const deploymentLabel = "one-click.dev/deploymentId";

/** The objects of a project, or of one deployment in it, kept live by a socket. */
export function useLive(projectId: string, deploymentId = ""): { objects: LiveObject[]; state: SocketState } {
  const [objects, setObjects] = useState<LiveObject[]>([]);
  const [state, setState] = useState<SocketState>("connecting");

  useEffect(() => {
    let held = new Map<string, LiveObject>();
    let frame = 0;
    const show = () => {
      frame = 0;
      setObjects([...held.values()]);
    };
    const close = connect("/ws/k8s/rollouts", () => ({ projectId, deploymentId }), {
      onOpen: () => {
        held = new Map();
      },
      onState: setState,
      onFrame: (text) => {
        const message = JSON.parse(text) as Partial<LiveObject>;
        if (!message.kind || !message.name) return;
        const key = `${message.kind}/${message.name}`;
        if (message.status === "DELETED") held.delete(key);
        else held.set(key, message as LiveObject);
        // Many frames come at once at the beginning; one drawing shows them all.
        frame ||= requestAnimationFrame(show);
      },
    });
    return () => {
      cancelAnimationFrame(frame);
      close();
      setObjects([]);
    };
  }, [projectId, deploymentId]);

  return { objects, state };
}

/** The pods among live objects, oldest first; pods of cron jobs are not the application's own. */
export function usePods(objects: LiveObject[]): Pod[] {
  return useMemo(() => {
    const pods = objects
      .filter((one) => one.kind === "pod" && one.labels?.[deploymentLabel])
      .map((one) => one.object as Pod);
    return pods.sort((a, b) =>
      (a.metadata.creationTimestamp ?? "").localeCompare(b.metadata.creationTimestamp ?? ""),
    );
  }, [objects]);
}
