import { expect, it } from "vitest";
import { freeName } from "./names";

it("proposes a name that no neighbour has", () => {
  expect(freeName("nginx", [])).toBe("nginx");
  expect(freeName("nginx", ["NGINX "])).toBe("nginx-2");
  expect(freeName("nginx", ["nginx", "Nginx-2", "nginx-4"])).toBe("nginx-3");
  expect(freeName("", [""])).toBe("");
});
