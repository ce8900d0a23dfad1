import PocketBase, { ClientResponseError, type RecordModel } from "pocketbase";
import type { User } from "./types";

/** The one client of the application. Its token lies in local storage under `pocketbase_auth`. */
export const pb = new PocketBase(window.location.origin);
pb.autoCancellation(false);

export function signedIn(): boolean {
  return pb.authStore.isValid && pb.authStore.record?.collectionName === "users";
}

/** The signed-in user; only asked for where the router has made sure of one. */
export function me(): User {
  return pb.authStore.record as RecordModel as unknown as User;
}

/** A request to a route that is no record collection, with the token and PocketBase's error shape. */
export function send<Answer>(path: string, options: Record<string, unknown> = {}): Promise<Answer> {
  return pb.send<Answer>(path, { method: "GET", ...options });
}

export function isNotFound(error: unknown): boolean {
  return error instanceof ClientResponseError && error.status === 404;
}

/** The address of a record's file, such as an avatar. */
export function fileUrl(
  record: { id: string; collectionId: string; collectionName: string },
  name: string,
): string {
  return name ? pb.files.getURL(record, name) : "";
}
