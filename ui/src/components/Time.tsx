import { useSyncExternalStore } from "react";
import { duration, exact, relative, toDate } from "../lib/time";

let now = new Date();
const watchers = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function watch(redraw: () => void): () => void {
  watchers.add(redraw);
  timer ??= setInterval(() => {
    now = new Date();
    for (const one of watchers) one();
  }, 10_000);
  return () => {
    watchers.delete(redraw);
    if (watchers.size) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The time of day for things that age on the screen; all of them share one timer. */
export function useNow(): Date {
  return useSyncExternalStore(watch, () => now);
}

/** A moment, relative up to a day; the exact time with its zone on hover. */
export function Time({ at, className }: { at: string | undefined; className?: string }) {
  const current = useNow();
  const date = toDate(at);
  if (!date) return <span className={className}>–</span>;
  return (
    <time className={className} dateTime={date.toISOString()} title={exact(date)}>
      {relative(date, current > date ? current : new Date())}
    </time>
  );
}

/** How long ago something began, without "ago": the age of a pod. */
export function Age({ since }: { since: string | undefined }) {
  const current = useNow();
  const date = toDate(since);
  if (!date) return <>–</>;
  return (
    <time dateTime={date.toISOString()} title={exact(date)}>
      {duration(Math.max(0, current.getTime() - date.getTime()))}
    </time>
  );
}
