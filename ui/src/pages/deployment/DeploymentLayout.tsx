import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Outlet } from "@tanstack/react-router";
import { useMemo } from "react";
import { useLive, usePods } from "../../api/live";
import { deployments, history } from "../../api/queries";
import { NotFound } from "../../components/NotFound";
import { Waiting } from "../../components/Waiting";
import { stateOf } from "../../lib/health";
import { DeploymentContext, type DeploymentFacts } from "./context";
import { Head } from "./Head";
import { Tabs } from "./Tabs";

const route = getRouteApi("/app/projects/$projectId/deployments/$deploymentId");

/** The head and tabs of a deployment, and the live socket that all tabs share. */
export function DeploymentLayout() {
  const { projectId, deploymentId } = route.useParams();
  const list = useQuery(deployments);
  const deployment = list.data?.find((one) => one.id === deploymentId && one.project === projectId);
  const rollouts = useQuery({ ...history(deploymentId), enabled: Boolean(deployment) });
  const { objects, state: socket } = useLive(projectId, deploymentId);
  const pods = usePods(objects);
  const facts = useMemo<DeploymentFacts | undefined>(() => {
    if (!deployment || !rollouts.data) return undefined;
    const current = rollouts.data.find((one) => one.endDate === "");
    return {
      projectId,
      deployment,
      current,
      rollouts: rollouts.data,
      state: stateOf(current),
      pods,
      objects,
      socket,
    };
  }, [projectId, deployment, rollouts.data, pods, objects, socket]);

  if (list.data && !deployment) return <NotFound what="deployment" />;
  return (
    <main id="main" className="main">
      <div className="wrap">
        {facts ? (
          <DeploymentContext.Provider value={facts}>
            <Head />
            <Tabs />
            <Outlet />
          </DeploymentContext.Provider>
        ) : (
          <Waiting />
        )}
      </div>
    </main>
  );
}
