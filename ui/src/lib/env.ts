import type { Variable } from "../api/types";

/** A line of a pasted `.env` and what will be done with it. */
export interface EnvLine {
  line: number;
  variable?: Variable;
  secret: boolean;
  /** Why the line is left out. */
  problem?: string;
}

const secretName = /KEY|SECRET|TOKEN|PASSWORD|PASSWD|CREDENTIAL/i;
const goodName = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/** Reads the lines of a `.env` file; comments and blank lines are no lines. A value may hold further `=`. */
export function readEnv(text: string): EnvLine[] {
  return text
    .split(/\r?\n/)
    .map((raw, index) => ({ raw: raw.trim(), line: index + 1 }))
    .filter(({ raw }) => raw && !raw.startsWith("#"))
    .map(({ raw, line }) => readLine(raw, line));
}

function readLine(raw: string, line: number): EnvLine {
  const text = raw.replace(/^export\s+/, "");
  const place = text.indexOf("=");
  if (place < 0) return { line, secret: false, problem: `Line ${line} has no = and is left out.` };
  const name = text.slice(0, place).trim();
  if (!goodName.test(name))
    return { line, secret: false, problem: `Line ${line} has no usable name and is left out.` };
  const value = unquote(text.slice(place + 1).trim());
  return { line, secret: secretName.test(name), variable: { name, value } };
}

function unquote(value: string): string {
  const match = /^(["'])(.*)\1$/.exec(value);
  return match ? (match[2] ?? "") : value;
}
