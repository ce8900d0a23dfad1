import type { PodState } from "../lib/pods";

const shapes: Record<PodState, string> = {
  ready: "r",
  starting: "s",
  waiting: "p",
  "not ready": "w",
  failing: "x",
  stopping: "d",
};

const most = 24;

/** Pods as small squares whose shape says the state before the colour does. `wanted` pads with pale ones. */
export function Pips({ pods, wanted = 0, large }: { pods: PodState[]; wanted?: number; large?: boolean }) {
  const shown = pods.slice(0, most);
  const missing = Math.max(0, Math.min(wanted, most) - shown.length);
  const words = describe(pods);
  return (
    <span className={large ? "pips lg" : "pips"} role="img" aria-label={`Pods: ${words}`} title={words}>
      {shown.map((pod, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: pips have no identity beyond their place
        <i key={index} className={`pip ${shapes[pod]}`} />
      ))}
      {Array.from({ length: missing }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: pips have no identity beyond their place
        <i key={`e${index}`} className="pip e" />
      ))}
      {pods.length > most && <span className="t3 fs12">+{pods.length - most}</span>}
    </span>
  );
}

function describe(pods: PodState[]): string {
  if (!pods.length) return "none";
  const counts = new Map<PodState, number>();
  for (const pod of pods) counts.set(pod, (counts.get(pod) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${count} ${state}`).join(", ");
}
