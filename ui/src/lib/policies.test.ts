import { expect, it } from "vitest";
import { joinPolicy, readInterval, splitPolicy } from "./policies";

it.each([
  ["5m", "every 5 minutes"],
  [" 1h ", "every hour"],
  ["1h30m", "every hour 30 minutes"],
  ["90s", "every 90 seconds"],
  ["2d", "every 2 days"],
])("reads the interval %s", (text, words) => {
  expect(readInterval(text)).toEqual({ words });
});

it.each(["", "abc", "5", "m", "5 m", "-5m", "1.5h", "5m!", "30s", "0m", "53w", "1y"])(
  "refuses the interval %j",
  (text) => {
    expect(readInterval(text)).toHaveProperty("problem");
  },
);

it.each([
  ["semver", "semver", ""],
  ["semver:~1.2", "semver", "~1.2"],
  ["latest", "latest", ""],
])("takes %s apart and puts it together", (stored, policy, constraint) => {
  expect(splitPolicy(stored)).toEqual({ policy, constraint });
  expect(joinPolicy(policy, constraint)).toBe(stored);
});

it("drops the constraint of another policy", () => {
  expect(joinPolicy("digest", "~1.2")).toBe("digest");
});
