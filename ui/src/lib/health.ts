import type { Deployment, Rollout } from "../api/types";
import type { StateName } from "../components/State";

const severity: StateName[] = [
  "failed",
  "degraded",
  "progressing",
  "applying",
  "pending",
  "healthy",
  "stopped",
  "ended",
  "none",
];
const trouble = new Set<StateName>(["failed", "degraded", "progressing", "applying", "pending"]);

/** The state of a deployment is that of its running rollout; without one it is stopped. */
export function stateOf(rollout: Rollout | undefined): StateName {
  if (!rollout) return "stopped";
  if (rollout.endDate) return "ended";
  return rollout.phase || "pending";
}

/** The worst state of the parts is the state of the whole. */
export function worst(all: StateName[]): StateName {
  return severity.find((one) => all.includes(one)) ?? "none";
}

export function byState(a: StateName, b: StateName): number {
  return severity.indexOf(a) - severity.indexOf(b);
}

/** Only trouble moves to the top. */
export function needsAttention(state: StateName): boolean {
  return trouble.has(state);
}

/** A project's deployments with what runs of each, worst first. */
export interface Part {
  deployment: Deployment;
  rollout: Rollout | undefined;
  state: StateName;
}

export function parts(deployments: Deployment[], running: Rollout[]): Part[] {
  const byDeployment = new Map(running.map((one) => [one.deployment, one]));
  return deployments
    .map((deployment) => {
      const rollout = byDeployment.get(deployment.id);
      return { deployment, rollout, state: stateOf(rollout) };
    })
    .sort((a, b) => byState(a.state, b.state) || a.deployment.name.localeCompare(b.deployment.name));
}

const numbers = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

/** Words below ten in prose. */
export function inWords(count: number): string {
  return numbers[count] ?? String(count);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function allWell(count: number): string {
  if (count === 1) return "Everything is as it should be.";
  return `${count === 2 ? "Both" : `All ${inWords(count)}`} are as they should be.`;
}

/** "One failed, two progressing. The other six are as they should be." */
export function summary(all: StateName[]): string {
  const troubled = severity.filter((one) => trouble.has(one) && all.includes(one));
  const rest = all.filter((one) => !trouble.has(one)).length;
  if (!all.length) return "";
  if (!troubled.length) return allWell(all.length);
  const said = troubled.map((state) => `${inWords(all.filter((one) => one === state).length)} ${state}`);
  const list = said.length > 1 ? `${said.slice(0, -1).join(", ")} and ${said.at(-1)}` : said[0];
  if (!rest) return `${capital(list ?? "")}.`;
  return `${capital(list ?? "")}. The other ${rest === 1 ? "one is as it" : `${inWords(rest)} are as they`} should be.`;
}

/** The server's causal sentence as prose: it begins large and ends with a full stop. */
export function asSentence(text: string): string {
  const begun = capital(text.trim());
  return /[.!?…”"]$/.test(begun) ? begun : `${begun}.`;
}

/** One sentence on how a deployment is: the server's own where it has one, else from its phase. */
export function healthSentence(rollout: Rollout | undefined, ready: number, wanted: number): string {
  if (!rollout) return "Nothing runs. Its volumes are kept, and any revision can be rolled out again.";
  if (rollout.message) return asSentence(rollout.message);
  const pods = wanted === 1 ? "pod" : "pods";
  switch (stateOf(rollout)) {
    case "healthy":
      return wanted === 1 ? "The pod is ready." : `All ${wanted} pods are ready.`;
    case "pending":
      return "Accepted. It waits for the cluster.";
    case "applying":
      return "The objects are being written to the cluster.";
    case "progressing":
      return `${ready} of ${wanted} ${pods} ready so far.`;
    case "degraded":
      return `${ready} of ${wanted} ${pods} ready.`;
    case "failed":
      return "It did not come to be. The events below say more.";
    default:
      return "This revision is over.";
  }
}
