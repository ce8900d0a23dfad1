import { expect, it } from "vitest";
import { readEnv } from "./env";

it("reads names, values with =, quotes and export", () => {
  const lines = readEnv('# comment\n\nURL=http://x/?a=b\nexport NAME="two words"\r\nEMPTY=');
  expect(lines.map((one) => one.variable)).toEqual([
    { name: "URL", value: "http://x/?a=b" },
    { name: "NAME", value: "two words" },
    { name: "EMPTY", value: "" },
  ]);
});

it("takes telling names for secrets", () => {
  const secrets = readEnv("API_KEY=1\nDB_PASSWORD=2\nLEVEL=3").map((one) => one.secret);
  expect(secrets).toEqual([true, true, false]);
});

it("says which line is left out", () => {
  const problems = readEnv("A=1\nnothing\n1X=2").map((one) => one.problem);
  expect(problems).toEqual([
    undefined,
    "Line 2 has no = and is left out.",
    "Line 3 has no usable name and is left out.",
  ]);
});
