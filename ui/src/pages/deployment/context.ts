import { createContext, useContext } from "react";
import type { LiveObject } from "../../api/live";
import type { SocketState } from "../../api/sockets";
import type { Deployment, Rollout } from "../../api/types";
import type { StateName } from "../../components/State";
import type { Pod } from "../../lib/pods";

/** What every tab of a deployment shares: the records and the one live socket. */
export interface DeploymentFacts {
  projectId: string;
  deployment: Deployment;
  /** The running rollout, with its whole manifest. */
  current: Rollout | undefined;
  rollouts: Rollout[];
  state: StateName;
  pods: Pod[];
  objects: LiveObject[];
  socket: SocketState;
}

export const DeploymentContext = createContext<DeploymentFacts | undefined>(undefined);

export function useFacts(): DeploymentFacts {
  const facts = useContext(DeploymentContext);
  if (!facts) throw new Error("The tabs of a deployment live inside its page.");
  return facts;
}
