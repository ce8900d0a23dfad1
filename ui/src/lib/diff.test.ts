import { expect, it } from "vitest";
import { diffLines, withContext } from "./diff";

it("finds what was taken out and put in", () => {
  const lines = diffLines("a\nb\nc", "a\nx\nc\nd");
  expect(lines.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
    "same a",
    "del b",
    "add x",
    "same c",
    "add d",
  ]);
});

it("leaves out what is far from any change", () => {
  const before = Array.from({ length: 20 }, (_, line) => `line ${line}`);
  const after = before.with(2, "changed").with(17, "changed too");
  const shown = withContext(diffLines(before.join("\n"), after.join("\n")), 1);
  expect(shown.filter((one) => one === "gap")).toHaveLength(2);
  expect(shown).toHaveLength(2 + 2 * 4);
  expect(withContext(diffLines("same", "same"))).toEqual([]);
});
