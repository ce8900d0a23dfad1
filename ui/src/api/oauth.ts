import PocketBase, { BaseAuthStore, ClientResponseError, type RecordAuthResponse } from "pocketbase";
import { pb } from "./client";
import { problems } from "./errors";

/** How far the other window is: it shows the provider, the browser did not let it open, or it is closed again. */
export type Stage = "opening" | "open" | "blocked" | "closed";

/** A login at a provider that is under way in another window. */
export interface Visit {
  answer: Promise<RecordAuthResponse>;
  cancel: () => void;
}

const key = "sign-in";
const look = 500;
/** A window that ends well closes a moment before the answer is here. */
const patience = 2000;

/**
 * Opens the provider in a window of its own and waits for what comes of it. Must be called straight from a click, or
 * the browser blocks the window. With `linking` the account is linked to whoever is signed in here.
 *
 * The session of this page is not touched: the answer may be about somebody else.
 */
export function visit(
  provider: string,
  tell: (stage: Stage, url: string) => void,
  linking: boolean = false,
): Visit {
  const popup = openWindow();
  const session = new BaseAuthStore();
  if (linking) session.save(pb.authStore.token, pb.authStore.record);
  // The application's own client cannot be cancelled by key.
  const client = new PocketBase(window.location.origin, session);
  let watch: ReturnType<typeof setInterval> | undefined;
  const answer = client.collection("users").authWithOAuth2({
    provider,
    requestKey: key,
    urlCallback: (url) => {
      if (!popup || popup.closed) {
        tell(popup ? "closed" : "blocked", url);
        return;
      }
      popup.location.href = url;
      tell("open", url);
      watch = setInterval(() => {
        if (!popup.closed) return;
        clearInterval(watch);
        // Some providers cut the tie to their window, which then only looks closed: it goes on waiting.
        watch = setTimeout(() => tell("closed", url), patience);
      }, look);
    },
  });
  const end = () => {
    clearInterval(watch);
    popup?.close();
  };
  answer.then(end, end);
  return { answer, cancel: () => client.cancelRequest(key) };
}

function openWindow(): Window | null {
  const [width, height] = [560, 720];
  const left = Math.max(0, window.screenX + (window.outerWidth - width) / 2);
  const top = Math.max(0, window.screenY + (window.outerHeight - height) / 2);
  return window.open(
    "",
    "one-click-sign-in",
    `popup,width=${width},height=${height},left=${left},top=${top}`,
  );
}

/** Why a login through a provider did not work, in a sentence; "" when the person cancelled it. */
export function providerProblem(error: unknown, name: string): string {
  if (!(error instanceof ClientResponseError)) return problems(error)[0]?.message ?? "";
  if (error.isAbort) return "";
  if (error.status === 429) return "Too many tries. Wait a little, then try again.";
  const said: string = error.status === 0 ? (error.originalError?.message ?? "") : "";
  if (said.includes("access_denied"))
    return `${name} says that you did not agree. Try again, and agree there.`;
  if (said.startsWith("OAuth2 redirect error")) {
    const code = said.split(": ").at(-1);
    return `${name} sent you back with an error${code && code !== "undefined" ? ` (${code})` : ""}. Try again.`;
  }
  if (said.startsWith("State parameters"))
    return `The answer of ${name} belongs to another attempt. Try again.`;
  if (said.startsWith("Missing or invalid provider"))
    return `Signing in with ${name} does not work just now. Load this page again.`;
  if (said.startsWith("realtime")) return "The connection to this server was lost meanwhile. Try again.";
  const found = problems(error);
  // The provider's own sentence says more than what failed because of it.
  const [first] = [...found.filter((one) => one.path === "provider"), ...found];
  if (!first) return `Signing in with ${name} did not work.`;
  return first.path === "" || first.path === "provider" ? first.message : `${first.path}: ${first.message}`;
}
