import { State, type StateName } from "../components/State";
import type { Way } from "./providers";

const looks: Record<Way, { state: StateName; word: string }> = {
  on: { state: "healthy", word: "On" },
  environment: { state: "healthy", word: "On" },
  silent: { state: "degraded", word: "Has no button" },
  off: { state: "stopped", word: "Switched off" },
  unused: { state: "ended", word: "Not set up" },
};

/** How the server stands with a provider, as icon and word. */
export function WayState({ way }: { way: Way }) {
  return <State {...looks[way]} />;
}
