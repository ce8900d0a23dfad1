import { expect, it } from "vitest";
import { notBetween, tooLong } from "./limits";

it.each(["1", " 80 ", "65535", "0080"])("takes %j", (text) => {
  expect(notBetween(text, 1, 65_535)).toBeUndefined();
});

it.each(["", "0", "-1", "65536", "70000", "abc", "8o", "1.5", "1e3", "٣", "9".repeat(400)])(
  "refuses %j",
  (text) => {
    expect(notBetween(text, 1, 65_535)).toBe("Write a whole number from 1 to 65535.");
  },
);

it("counts characters as the server does", () => {
  expect(tooLong("🚀".repeat(20), 20)).toBeUndefined();
  expect(tooLong(` ${"a".repeat(20)} `, 20)).toBeUndefined();
  expect(tooLong("a".repeat(21), 20)).toBe("Use at most 20 characters; these are 21.");
});
