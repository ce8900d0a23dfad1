import { ClientResponseError } from "pocketbase";
import { expect, it, vi } from "vitest";

vi.stubGlobal("window", { location: { origin: "http://localhost" } });
const { sortOntoProvider } = await import("./providers");

const refused = new ClientResponseError({
  status: 400,
  response: {
    message: "m",
    data: {
      oauth2: {
        providers: {
          1: {
            clientId: { code: "c", message: "Cannot be blank" },
            extra: { code: "c", message: "Issuer is needed: ID tokens are checked against it." },
          },
        },
      },
    },
  },
});

it("puts what is wrong with a provider at its fields, those of its extras too", () => {
  const { byField, others } = sortOntoProvider(refused, 1);
  expect(byField).toEqual({
    clientId: "Cannot be blank",
    issuer: "Issuer is needed: ID tokens are checked against it.",
  });
  expect(others).toEqual([]);
});

it("leaves another provider's problems to the list", () => {
  const { byField, others } = sortOntoProvider(refused, 0);
  expect(byField).toEqual({});
  expect(others).toHaveLength(2);
});
