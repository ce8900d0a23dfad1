import { expect, it } from "vitest";
import { type Pod, podReason, podState, restarts } from "./pods";

function pod(status: Pod["status"], more: Partial<Pod> = {}): Pod {
  return { metadata: { name: "web-1" }, spec: { nodeName: "n" }, status, ...more };
}

const container = { name: "web", ready: false, restartCount: 0 };

it.each<[string, Pod]>([
  ["ready", pod({ phase: "Running", conditions: [{ type: "Ready", status: "True" }] })],
  ["starting", pod({ phase: "Running", containerStatuses: [container] })],
  ["not ready", pod({ phase: "Running", containerStatuses: [{ ...container, restartCount: 2 }] })],
  ["waiting", pod({ phase: "Pending" }, { spec: {} })],
  ["starting", pod({ phase: "Pending" })],
  [
    "failing",
    pod({ containerStatuses: [{ ...container, state: { waiting: { reason: "ImagePullBackOff" } } }] }),
  ],
  ["failing", pod({ phase: "Failed" })],
  [
    "stopping",
    pod({ phase: "Running" }, { metadata: { name: "web-1", deletionTimestamp: "2026-11-23T19:00:00Z" } }),
  ],
])("is %s", (word, one) => {
  expect(podState(one)).toBe(word);
});

it("says why a pod is not ready, and how its last run ended", () => {
  const crashing = pod({
    containerStatuses: [
      {
        ...container,
        restartCount: 3,
        state: { waiting: { reason: "CrashLoopBackOff", message: "back-off 40s" } },
        lastState: { terminated: { exitCode: 137 } },
      },
    ],
  });
  expect(podReason(crashing)).toBe("It ends again and again; the last run ended with exit code 137.");
  expect(restarts(crashing)).toBe(3);
});
