import { useSyncExternalStore } from "react";

function watch(redraw: () => void): () => void {
  window.addEventListener("hashchange", redraw);
  return () => window.removeEventListener("hashchange", redraw);
}

/** Where we are: the parts of the address after `#/`, as PocketBase's admin pages have it. */
export function useRoute(): string[] {
  const hash = useSyncExternalStore(watch, () => window.location.hash);
  return hash
    .replace(/^#\/?/, "")
    .split("?")[0]
    ?.split("/")
    .filter(Boolean)
    .map(decodeURIComponent) as string[];
}

export function go(path: string): void {
  window.location.hash = `/${path}`;
}
