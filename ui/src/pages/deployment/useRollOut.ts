import { useMutation, useQueryClient } from "@tanstack/react-query";
import { me, pb } from "../../api/client";
import { put } from "../../api/realtime";
import type { Manifest, Rollout } from "../../api/types";
import { useFacts } from "./context";

/** Puts a rollout that the server answered with into every list that shows it. */
export function useTakeRollout(): (rollout: Rollout) => void {
  const cache = useQueryClient();
  return (rollout) => {
    put(cache, ["rollouts", rollout.deployment], rollout);
    put(cache, ["running"], rollout, rollout.endDate !== "");
    // The one that ran before has ended by this; its record changed on the server as well.
    cache.invalidateQueries({ queryKey: ["rollouts", rollout.deployment] });
    cache.invalidateQueries({ queryKey: ["running"] });
  };
}

/** A new rollout with a whole manifest. */
export function useRollOut() {
  const { projectId, deployment } = useFacts();
  const take = useTakeRollout();
  return useMutation({
    mutationFn: (manifest: Manifest) =>
      pb
        .collection("rollouts")
        .create<Rollout>({ user: me().id, project: projectId, deployment: deployment.id, manifest }),
    onSuccess: take,
  });
}

/** A change of a rollout's own fields: its end (stop, roll back) or whether it is hidden. */
export function useChangeRollout() {
  const take = useTakeRollout();
  return useMutation({
    mutationFn: ({ id, ...changes }: { id: string; endDate?: string; hide?: boolean }) =>
      pb.collection("rollouts").update<Rollout>(id, changes),
    onSuccess: take,
  });
}
