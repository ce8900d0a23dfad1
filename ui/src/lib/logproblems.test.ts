import { expect, it } from "vitest";
import { logProblem } from "./logproblems";

it("is calm about a pod that is only starting", () => {
  const said = 'container "app" in pod "web-5d" is waiting to start: ';
  const text = "The container has not started yet. Its lines come as soon as it runs.";
  expect(logProblem(`${said}ContainerCreating`)).toEqual({ text, calm: true });
  expect(logProblem(`${said}trying and failing to pull image`).text).toContain(
    "(trying and failing to pull image)",
  );
});

it("says everything else as a sentence", () => {
  expect(logProblem("Error getting logs: there is no pod web-5d in this project")).toEqual({
    text: "There is no pod web-5d in this project.",
    calm: false,
  });
});
