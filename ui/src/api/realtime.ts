import type { QueryClient } from "@tanstack/react-query";
import type { RecordSubscription } from "pocketbase";
import { pb } from "./client";
import type { BaseRecord, Rollout } from "./types";

const collections = ["projects", "deployments", "rollouts", "blueprints", "autoUpdates"] as const;

/**
 * Keeps the cached lists true by PocketBase's realtime: each change goes straight into the lists that hold the
 * record, so a phase is on the screen without a request. After a lost connection everything is read again, since
 * what happened meanwhile was not heard.
 */
export function listen(cache: QueryClient): () => void {
  const stops: Promise<() => Promise<void>>[] = [];
  for (const collection of collections) {
    const heard = (change: RecordSubscription) => take(cache, collection, change);
    stops.push(pb.collection(collection).subscribe("*", heard));
  }
  let connections = 0;
  stops.push(
    pb.realtime.subscribe("PB_CONNECT", () => {
      connections += 1;
      if (connections > 1) cache.invalidateQueries();
    }),
  );
  return () => {
    for (const stop of stops) stop.then((end) => end()).catch(() => undefined);
  };
}

function take(
  cache: QueryClient,
  collection: (typeof collections)[number],
  change: RecordSubscription,
): void {
  const record = change.record as unknown as BaseRecord;
  const gone = change.action === "delete";
  if (collection !== "rollouts") {
    const key =
      collection === "autoUpdates"
        ? [collection, (record as BaseRecord & { deployment: string }).deployment]
        : [collection];
    put(cache, key, record, gone);
    return;
  }
  const rollout = record as Rollout;
  put(cache, ["running"], rollout, gone || rollout.endDate !== "");
  put(cache, ["rollouts", rollout.deployment], rollout, gone);
  cache.invalidateQueries({ queryKey: ["events", rollout.deployment] });
}

/** Replaces, adds or removes one record in a cached list; a list nobody has asked for yet stays unasked. */
export function put(cache: QueryClient, key: string[], record: BaseRecord, gone = false): void {
  cache.setQueryData<BaseRecord[]>(key, (list) => {
    if (!list) return list;
    const place = list.findIndex((one) => one.id === record.id);
    if (gone) return place < 0 ? list : list.toSpliced(place, 1);
    if (place < 0) return [record, ...list];
    // An answer can be overtaken by the realtime message that followed it; the newer state stays.
    const old = list[place] as BaseRecord;
    return old.updated > record.updated ? list : list.with(place, { ...old, ...record });
  });
}
