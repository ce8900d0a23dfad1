import PocketBase, { BaseAuthStore } from "pocketbase";
import { afterEach, expect, test, vi } from "vitest";
import { renew } from "./renew";

afterEach(() => vi.unstubAllGlobals());

function signedIn(body: string): PocketBase {
  vi.stubGlobal("fetch", async () => new Response(body, { status: 200 }));
  const client = new PocketBase("http://localhost", new BaseAuthStore());
  client.authStore.save("old", { id: "a", collectionId: "b", collectionName: "users" });
  return client;
}

test("a fresh token takes the place of the old one", async () => {
  const client = signedIn(
    '{"token": "new", "record": {"id": "a", "collectionId": "b", "collectionName": "users"}}',
  );
  expect(await renew(client, "users")).toBe(true);
  expect(client.authStore.token).toBe("new");
});

test("an answer that was cut off signs nobody out", async () => {
  const client = signedIn('{"token": "ne');
  expect(await renew(client, "users")).toBe(false);
  expect(client.authStore.token).toBe("old");
});
