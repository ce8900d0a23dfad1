import { Textarea } from "@mantine/core";
import { useState } from "react";
import type { Variable } from "../api/types";
import { readEnv } from "../lib/env";
import { isSecretPlaceholder } from "../lib/manifest";
import { Button, IconButton } from "./Button";
import { Icon } from "./Icon";

/** A variable in the form; a secret's value is never shown once it is set. */
export interface Entry extends Variable {
  id: number;
  secret: boolean;
}

let lastId = 0;

export function entry(variable: Variable, secret: boolean): Entry {
  lastId += 1;
  return { ...variable, secret, id: lastId };
}

/** The rows of a manifest's variables and secrets. */
export function entries(env: Variable[] = [], secrets: Variable[] = []): Entry[] {
  return [...env.map((one) => entry(one, false)), ...secrets.map((one) => entry(one, true))];
}

/** The rows as a manifest keeps them; rows without a name are left out. */
export function split(rows: Entry[]): { env: Variable[]; secrets: Variable[] } {
  const named = rows.filter((one) => one.name.trim());
  const pick = (secret: boolean) =>
    named.filter((one) => one.secret === secret).map(({ name, value }) => ({ name: name.trim(), value }));
  return { env: pick(false), secrets: pick(true) };
}

/** What is wrong with the rows, undefined when nothing is: no row is left out in silence. */
export function rowsProblem(rows: Entry[]): string | undefined {
  const place = rows.findIndex((row) => !row.name.trim());
  if (place >= 0) {
    return rows[place]?.value
      ? `Row ${place + 1} has a value and no name: give it one.`
      : `Row ${place + 1} is empty: give it a name, or remove it.`;
  }
  const names = rows.map((row) => row.name.trim());
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  return twice && `Name each variable once: ${twice} is there twice.`;
}

interface Props {
  rows: Entry[];
  change: (rows: Entry[]) => void;
  error?: string;
  /** A heading above says it already. */
  titled?: boolean;
}

/** Variables and secrets, one a row, and a box that takes a pasted `.env`. */
export function VariablesEditor({ rows, change, error, titled }: Props) {
  const [pasting, setPasting] = useState(false);
  const set = (id: number, values: Partial<Entry>) =>
    change(rows.map((row) => (row.id === id ? { ...row, ...values } : row)));
  return (
    <fieldset className="vars">
      <legend className={titled ? "vh" : "lab"}>Variables and secrets</legend>
      {rows.map((row, index) => (
        <Row
          key={row.id}
          row={row}
          number={index + 1}
          set={(values) => set(row.id, values)}
          remove={() => change(rows.filter((one) => one.id !== row.id))}
        />
      ))}
      {error && (
        <p className="hint c-bad" role="alert">
          {error}
        </p>
      )}
      <div className="row w">
        <Button
          size="sm"
          icon="plus"
          onClick={() => change([...rows, entry({ name: "", value: "" }, false)])}
        >
          Add variable
        </Button>
        <Button size="sm" icon="lock" onClick={() => change([...rows, entry({ name: "", value: "" }, true)])}>
          Add secret
        </Button>
        <Button size="sm" kind="quiet" aria-expanded={pasting} onClick={() => setPasting(!pasting)}>
          Paste a .env
        </Button>
      </div>
      {pasting && (
        <Paste
          rows={rows}
          take={(all) => {
            change(all);
            setPasting(false);
          }}
        />
      )}
    </fieldset>
  );
}

interface RowProps {
  row: Entry;
  number: number;
  set: (values: Partial<Entry>) => void;
  remove: () => void;
}

function Row({ row, number, set, remove }: RowProps) {
  const kept = row.secret && isSecretPlaceholder(row.value);
  const what = row.secret ? "secret" : "variable";
  return (
    <div className="var">
      <Icon name={row.secret ? "lock" : "json"} />
      <input
        className="in mono"
        aria-label={`Name of ${what} ${number}`}
        placeholder="NAME"
        value={row.name}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      <input
        className="in mono"
        aria-label={`Value of ${row.name || `${what} ${number}`}`}
        type={row.secret ? "password" : "text"}
        placeholder={kept ? "•••••••• set; type to replace it" : "value"}
        value={kept ? "" : row.value}
        spellCheck={false}
        autoComplete="new-password"
        onChange={(event) => set({ value: event.currentTarget.value })}
      />
      <IconButton icon="x" label={`Remove ${row.name || `${what} ${number}`}`} onClick={remove} />
    </div>
  );
}

function Paste({ rows, take }: { rows: Entry[]; take: (rows: Entry[]) => void }) {
  const [text, setText] = useState("");
  const lines = readEnv(text);
  const good = lines.filter((one) => one.variable);
  const bad = lines.filter((one) => one.problem);
  function add(): void {
    const names = new Set(good.map((one) => one.variable?.name));
    const fresh = good.map((one) => entry(one.variable as Variable, one.secret));
    take([...rows.filter((row) => row.name && !names.has(row.name)), ...fresh]);
  }
  return (
    <div className="stack g1">
      <Textarea
        label="Lines of a .env file"
        description="Names with KEY, SECRET, TOKEN or PASSWORD become secrets. A name that is there already is replaced."
        autosize
        minRows={3}
        maxRows={12}
        classNames={{ input: "mono" }}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {bad.map((one) => (
        <p key={one.line} className="hint c-warn">
          <Icon name="s-degraded" size="s" /> {one.problem}
        </p>
      ))}
      <div>
        <Button size="sm" disabled={!good.length} onClick={add}>
          Take over {good.length === 1 ? "1 line" : `${good.length} lines`}
        </Button>
      </div>
    </div>
  );
}
