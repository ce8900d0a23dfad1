import { ClientResponseError } from "pocketbase";
import { expect, it, vi } from "vitest";

vi.stubGlobal("window", { location: { origin: "http://localhost" } });
const { providerProblem } = await import("./oauth");

it("tells the provider's own sentence", () => {
  const refused = new ClientResponseError({
    status: 403,
    response: {
      message: "m",
      data: { provider: { code: "oauth2_domain_not_allowed", message: "a@b.c may not sign in here." } },
    },
  });
  expect(providerProblem(refused, "GitHub")).toBe("a@b.c may not sign in here.");
});

it("names the field of an account that cannot be made", () => {
  const refused = new ClientResponseError({
    status: 400,
    response: { message: "m", data: { email: { code: "c", message: "Cannot be blank." } } },
  });
  expect(providerProblem(refused, "GitHub")).toBe("email: Cannot be blank.");
});

it("falls back to the message of the whole", () => {
  const refused = new ClientResponseError({ status: 403, response: { message: "Nobody may.", data: {} } });
  expect(providerProblem(refused, "GitHub")).toBe("Nobody may.");
});

it.each([
  ["OAuth2 redirect error or missing code: access_denied", "GitHub says that you did not agree"],
  ["OAuth2 redirect error or missing code: server_error", "with an error (server_error)"],
  ["OAuth2 redirect error or missing code: undefined", "with an error. Try"],
  ["State parameters don't match.", "belongs to another attempt"],
  ['Missing or invalid provider "github".', "does not work just now"],
  ["realtime connection interrupted", "connection to this server was lost"],
])("says what %s means", (said, told) => {
  expect(providerProblem(new ClientResponseError(new Error(said)), "GitHub")).toContain(told);
});

it("says nothing of what was cancelled", () => {
  expect(providerProblem(new ClientResponseError({ isAbort: true }), "GitHub")).toBe("");
});
