import { expect, it } from "vitest";
import { summary, worst } from "./health";

it("takes the worst state of the parts for that of the whole", () => {
  expect(worst(["healthy", "degraded", "progressing"])).toBe("degraded");
  expect(worst([])).toBe("none");
});

it("says how many are in trouble, and that the rest is well", () => {
  expect(summary(["failed", "degraded", "healthy", "healthy"])).toBe(
    "One failed and one degraded. The other two are as they should be.",
  );
  expect(summary(["progressing"])).toBe("One progressing.");
  expect(summary(["healthy"])).toBe("Everything is as it should be.");
  expect(summary(["healthy", "healthy", "stopped"])).toBe("All three are as they should be.");
  expect(summary(["healthy", "stopped"])).toBe("Both are as they should be.");
});
