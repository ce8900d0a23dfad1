import type PocketBase from "pocketbase";
import type { RecordModel } from "pocketbase";

/**
 * Exchanges the token for a fresh one.
 *
 * Not by the client's own authRefresh: an answer that is cut off, because somebody goes to another page meanwhile, is
 * `{}` to the client, which would store that and sign the person out.
 */
export async function renew(client: PocketBase, collection: string): Promise<boolean> {
  const answer = await client.send<{ token?: string; record?: RecordModel }>(
    `/api/collections/${collection}/auth-refresh`,
    { method: "POST" },
  );
  if (!answer.token || !answer.record) return false;
  client.authStore.save(answer.token, answer.record);
  return true;
}
