import { ClientResponseError } from "pocketbase";
import { expect, it } from "vitest";
import { problems, sentence, sortOntoForm } from "./errors";

const refused = new ClientResponseError({
  status: 400,
  response: {
    message: "Failed to create record.",
    data: {
      name: { code: "validation_required", message: "Cannot be blank." },
      manifest: { spec: { env: { 0: { name: { code: "x", message: "Is no name." } } } } },
    },
  },
});

it("finds every problem of an answer with its path", () => {
  expect(problems(refused)).toEqual([
    { path: "name", message: "Cannot be blank." },
    { path: "manifest.spec.env.0.name", message: "Is no name." },
  ]);
  expect(sentence(refused)).toBe("name: Cannot be blank.");
});

it("puts problems at the fields that stand for them", () => {
  const { byField, others } = sortOntoForm(refused, { "manifest.spec.env": "variables" });
  expect(byField).toEqual({ variables: "Is no name." });
  expect(others).toEqual([{ path: "name", message: "Cannot be blank." }]);
});

it("falls back to the message of the whole", () => {
  const gone = new ClientResponseError({
    status: 503,
    response: { message: "The cluster does not answer.", data: {} },
  });
  expect(problems(gone)).toEqual([{ path: "", message: "The cluster does not answer." }]);
  expect(sentence(new Error("Broken."))).toBe("Broken.");
});
