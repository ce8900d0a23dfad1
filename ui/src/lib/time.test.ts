import { expect, it } from "vitest";
import { duration, relative, toDate } from "./time";

const now = new Date(2026, 10, 23, 21, 30);
const before = (minutes: number) => new Date(now.getTime() - minutes * 60_000);

it.each([
  [0.5, "just now"],
  [24, "24 min ago"],
  [180, "3 h ago"],
  [60 * 27, "yesterday, 18:30"],
  [60 * 24 * 5, "18 Nov, 21:30"],
  [60 * 24 * 365, "23 Nov 2025, 21:30"],
])("%d minutes ago is %s", (minutes, words) => {
  expect(relative(before(minutes), now)).toBe(words);
});

it.each([
  [300, "0 s"],
  [52_000, "52 s"],
  [64_000, "1 min 4 s"],
  [3 * 3_600_000, "3 h"],
  [6 * 86_400_000, "6 days"],
])("%d ms last %s", (ms, words) => {
  expect(duration(ms)).toBe(words);
});

it("reads the API's dates, and nothing where there is none", () => {
  expect(toDate("2026-11-23 19:53:16.000Z")?.toISOString()).toBe("2026-11-23T19:53:16.000Z");
  expect(toDate("")).toBeUndefined();
  expect(toDate("never")).toBeUndefined();
});
