import { queryOptions, useQuery } from "@tanstack/react-query";
import { pb, send } from "./client";
import type {
  AutoUpdate,
  Blueprint,
  ClusterEvent,
  ClusterInfo,
  Deployment,
  ExternalAccount,
  Project,
  Rollout,
} from "./types";

/** What lists need of a rollout: all but the bulk of its manifest. */
const brief =
  "id,collectionId,collectionName,created,updated,user,project,deployment,startDate,endDate,hide,phase,message," +
  "cause,author,warnings,manifest.spec.image,manifest.spec.horizontalScale,manifest.spec.interfaces";

/** What the server says about itself, to everybody. */
export interface UiFacts {
  notices: string[];
  version: string;
  signup: boolean;
  /** There is no superuser yet. */
  needsSetup?: boolean;
}

export const uiFacts = queryOptions({
  queryKey: ["ui"],
  queryFn: () => send<UiFacts>("/api/ui"),
  staleTime: 60_000,
  retry: 1,
});

/** The ways to sign in that the server offers. */
export const authMethods = queryOptions({
  queryKey: ["auth-methods"],
  queryFn: () => pb.collection("users").listAuthMethods(),
  staleTime: 60_000,
  retry: 1,
});

/** The accounts at providers that are linked to oneself. */
export const externalAccounts = queryOptions({
  queryKey: ["external-accounts"],
  queryFn: () => pb.collection("_externalAuths").getFullList<ExternalAccount>({ sort: "created" }),
});

export const projects = queryOptions({
  queryKey: ["projects"],
  queryFn: () => pb.collection("projects").getFullList<Project>({ sort: "-created" }),
});

export const deployments = queryOptions({
  queryKey: ["deployments"],
  queryFn: () => pb.collection("deployments").getFullList<Deployment>({ sort: "name" }),
});

/** The running rollout of each deployment: those without an end. */
export const running = queryOptions({
  queryKey: ["running"],
  queryFn: () => pb.collection("rollouts").getFullList<Rollout>({ filter: "endDate = ''", fields: brief }),
});

export const history = (deployment: string) =>
  queryOptions({
    queryKey: ["rollouts", deployment],
    queryFn: () =>
      pb.collection("rollouts").getFullList<Rollout>({
        filter: pb.filter("deployment = {:deployment}", { deployment }),
        sort: "-startDate,-created",
      }),
  });

export const blueprints = queryOptions({
  queryKey: ["blueprints"],
  queryFn: () => pb.collection("blueprints").getFullList<Blueprint>({ sort: "name" }),
});

export const autoUpdates = (deployment: string) =>
  queryOptions({
    queryKey: ["autoUpdates", deployment],
    queryFn: () =>
      pb.collection("autoUpdates").getFullList<AutoUpdate>({
        filter: pb.filter("deployment = {:deployment}", { deployment }),
        sort: "-created",
      }),
    retry: false,
  });

export const clusterInfo = queryOptions({
  queryKey: ["cluster-info"],
  queryFn: () => send<ClusterInfo>("/cluster-info"),
  staleTime: 60_000,
  retry: 1,
});

export const events = (project: string, deployment: string) =>
  queryOptions({
    queryKey: ["events", deployment],
    // The server tells them oldest first; people ask for the newest.
    queryFn: async () =>
      (
        await send<{ events: ClusterEvent[] }>(`/rollouts/${project}/${deployment}/events`)
      ).events.toReversed(),
    refetchInterval: 15_000,
  });

/** The metrics of each pod: cores and bytes as decimal strings. */
export interface PodMetrics {
  name: string;
  cpu: string;
  memory: string;
}

export const metrics = (project: string, deployment: string) =>
  queryOptions({
    queryKey: ["metrics", deployment],
    queryFn: async () =>
      (await send<{ metrics: PodMetrics[] | null }>(`/rollouts/${project}/${deployment}/metrics`)).metrics ??
      [],
    refetchInterval: 10_000,
    retry: false,
  });

export function useProject(id: string): Project | undefined {
  return useQuery(projects).data?.find((one) => one.id === id);
}

export function useDeployment(id: string): Deployment | undefined {
  return useQuery(deployments).data?.find((one) => one.id === id);
}
