/** What we read of a pod as Kubernetes gives it; everything may be missing while it starts. */
export interface Pod {
  metadata: {
    name: string;
    creationTimestamp?: string;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
  };
  spec?: { nodeName?: string; containers?: { name: string; image?: string }[] };
  status?: {
    phase?: string;
    reason?: string;
    message?: string;
    conditions?: { type: string; status: string; reason?: string; message?: string }[];
    containerStatuses?: ContainerStatus[];
    initContainerStatuses?: ContainerStatus[];
  };
}

interface ContainerStatus {
  name: string;
  ready: boolean;
  restartCount: number;
  state?: ContainerState;
  lastState?: ContainerState;
}

interface ContainerState {
  waiting?: { reason?: string; message?: string };
  running?: { startedAt?: string };
  terminated?: { exitCode: number; reason?: string };
}

export type PodState = "ready" | "starting" | "waiting" | "not ready" | "failing" | "stopping";

const failing = /BackOff|^Err|CreateContainer.*Error|InvalidImageName|RunContainerError|StartError/;

/** The one word for a pod: trouble first, then whether it serves, then how far it is on its way. */
export function podState(pod: Pod): PodState {
  if (pod.metadata.deletionTimestamp) return "stopping";
  const status = pod.status ?? {};
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  if (status.phase === "Failed" || containers.some(isFailing)) return "failing";
  if (isReady(pod)) return "ready";
  if (status.phase === "Running")
    return containers.some((one) => one.restartCount > 0) ? "not ready" : "starting";
  return pod.spec?.nodeName ? "starting" : "waiting";
}

function isFailing(container: ContainerStatus): boolean {
  const { waiting, terminated } = container.state ?? {};
  return failing.test(waiting?.reason ?? "") || (terminated?.exitCode ?? 0) !== 0;
}

function isReady(pod: Pod): boolean {
  return pod.status?.conditions?.some((one) => one.type === "Ready" && one.status === "True") ?? false;
}

/** How often the pod's containers have been started again. */
export function restarts(pod: Pod): number {
  return (pod.status?.containerStatuses ?? []).reduce((sum, one) => sum + one.restartCount, 0);
}

/** Why the pod is not ready, in the cluster's own words; empty when there is nothing to say. */
export function podReason(pod: Pod): string {
  for (const { state, lastState } of pod.status?.containerStatuses ?? []) {
    if (state?.waiting?.reason && state.waiting.reason !== "ContainerCreating") {
      // The kubelet's own words name the container and pod by long ids and not why it ends.
      if (state.waiting.reason === "CrashLoopBackOff") return crashLoop(lastState?.terminated?.exitCode);
      return state.waiting.message || state.waiting.reason;
    }
    if (state?.terminated?.exitCode) return `Ended with exit code ${state.terminated.exitCode}.`;
  }
  const scheduled = pod.status?.conditions?.find((one) => one.type === "PodScheduled");
  return scheduled?.status === "False" ? (scheduled.message ?? "") : "";
}

function crashLoop(exitCode: number | undefined): string {
  const ended = exitCode === undefined ? "" : `; the last run ended with exit code ${exitCode}`;
  return `It ends again and again${ended}.`;
}

/** The last five letters, which tell one pod from another where the deployment is clear. */
export function shortPod(name: string): string {
  return name.slice(-5);
}
