import { expect, it } from "vitest";
import { LogBuffer, marked, readLine } from "./loglines";

it("takes time and level off a line", () => {
  const line = readLine("2026-11-23T19:53:16.123456Z level=warn disk is nearly full", "web-1", 7);
  expect(line).toMatchObject({ id: 7, pod: "web-1", time: "2026-11-23T19:53:16.123456Z", level: "warn" });
  expect(line.text).toBe("level=warn disk is nearly full");
});

it("does not take a word deep in a message for a level", () => {
  expect(readLine(`GET / ${"x".repeat(100)} error`, "p", 1).level).toBe("");
});

it("forgets its oldest lines and one pod's on demand", () => {
  const buffer = new LogBuffer(3);
  buffer.add("a", "1\n2\n");
  buffer.add("b", "3\n4\n");
  expect(buffer.lines.map((line) => line.text)).toEqual(["2", "3", "4"]);
  buffer.drop("b");
  expect(buffer.lines.map((line) => line.text)).toEqual(["2"]);
});

it("marks every find, whatever its case", () => {
  expect(marked("Pay, then pay", "pay")).toEqual([
    { text: "Pay", hit: true },
    { text: ", then ", hit: false },
    { text: "pay", hit: true },
  ]);
});
