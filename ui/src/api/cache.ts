import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { ClientResponseError } from "pocketbase";
import { pb } from "./client";

/** A token the server no longer takes signs us out; the router then shows the sign-in page. */
function dropDeadToken(error: unknown): void {
  if (error instanceof ClientResponseError && error.status === 401) pb.authStore.clear();
}

/** The cache of everything read. Realtime keeps it true, so nothing is read again just because time passed. */
export function createCache(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: dropDeadToken }),
    mutationCache: new MutationCache({ onError: dropDeadToken }),
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        retry: (failures, error) =>
          failures < 2 &&
          !(error instanceof ClientResponseError && error.status >= 400 && error.status < 500),
      },
    },
  });
}
