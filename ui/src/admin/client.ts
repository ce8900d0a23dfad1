import { QueryCache, QueryClient, queryOptions } from "@tanstack/react-query";
import PocketBase, { ClientResponseError, type CollectionModel, LocalAuthStore } from "pocketbase";

/** The admin pages' own client: a superuser here is not the user of the application next door. */
export const admin = new PocketBase(window.location.origin, new LocalAuthStore("__pb_superusers__/_"));
admin.autoCancellation(false);

export function createAdminCache(): QueryClient {
  const dropDeadToken = (error: unknown) => {
    if (error instanceof ClientResponseError && (error.status === 401 || error.status === 403))
      admin.authStore.clear();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError: dropDeadToken }),
    defaultOptions: { queries: { staleTime: 10_000, retry: false } },
  });
}

export const collections = queryOptions({
  queryKey: ["collections"],
  queryFn: () => admin.collections.getFullList<CollectionModel>({ sort: "name" }),
});
