import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { connect } from "../../api/sockets";

const settle = 400;

/** Reads the list of events again soon after the cluster tells a new one of the deployment. */
export function useEventSocket(projectId: string, deploymentId: string): void {
  const cache = useQueryClient();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const close = connect("/ws/k8s/events", () => ({ projectId, kind: "Deployment", name: deploymentId }), {
      onFrame: () => {
        timer ??= setTimeout(() => {
          timer = undefined;
          cache.invalidateQueries({ queryKey: ["events", deploymentId] });
        }, settle);
      },
    });
    return () => {
      clearTimeout(timer);
      close();
    };
  }, [cache, projectId, deploymentId]);
}
