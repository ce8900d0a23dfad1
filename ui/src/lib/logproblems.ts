import { asSentence } from "./health";

/** Why a log cannot be read; `calm` when it only has not begun yet. */
export interface LogProblem {
  text: string;
  calm: boolean;
}

/** The cluster's words on a log (`container "app" in pod "web-1" is waiting to start: ContainerCreating`) as prose. */
export function logProblem(said: string): LogProblem {
  const waiting = /is waiting to start(?:: (?<reason>.+))?/.exec(said);
  if (!waiting) return { text: asSentence(said.replace(/^Error getting logs: /, "")), calm: false };
  const reason = waiting.groups?.reason ?? "";
  const starting = !reason || ["ContainerCreating", "PodInitializing"].includes(reason);
  const why = starting ? "" : ` (${reason})`;
  return { text: `The container has not started yet${why}. Its lines come as soon as it runs.`, calm: true };
}
