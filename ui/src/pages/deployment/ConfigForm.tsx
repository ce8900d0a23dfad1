import { TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { type Problem, sortOntoForm } from "../../api/errors";
import type { Manifest } from "../../api/types";
import { Button } from "../../components/Button";
import { NumberField } from "../../components/NumberField";
import { Problems } from "../../components/Problems";
import { told } from "../../components/toast";
import { type Entry, entries, rowsProblem, split, VariablesEditor } from "../../components/VariablesEditor";
import { notBetween } from "../../lib/limits";
import { mostPods } from "../../lib/manifest";
import { useRollOut } from "./useRollOut";

/** Pods may use more than they asked for, up to their limit; beyond this the manifest itself can be edited. */
const mostTarget = 1000;

const fields = {
  "manifest.spec.horizontalScale.minReplicas": "least",
  "manifest.spec.horizontalScale.maxReplicas": "most",
  "manifest.spec.horizontalScale.targetCPUUtilizationPercentage": "target",
  "manifest.spec.resources.limits.cpu": "cpu",
  "manifest.spec.resources.limits.memory": "memory",
  "manifest.spec.resources.requests.cpu": "cpuRequest",
  "manifest.spec.resources.requests.memory": "memoryRequest",
  "manifest.spec.env": "variables",
  "manifest.spec.secrets": "variables",
};

interface Values {
  least: string;
  most: string;
  target: string;
  cpu: string;
  memory: string;
  cpuRequest: string;
  memoryRequest: string;
}

/** How many pods, what each may use, and its variables. Saving rolls out; the rest of the manifest stays. */
export function ConfigForm({ base }: { base: Manifest }) {
  const { env, secrets } = base.spec;
  const [values, setValues] = useState(() => read(base));
  const [rows, setRows] = useState(() => entries(env, secrets));
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [others, setOthers] = useState<Problem[]>([]);
  const rollOut = useRollOut();
  // Fields stand for each other (at least, at most), so that what was said of one may be over with another.
  const set = (changes: Partial<Values>) => {
    setErrors((old): Record<string, string> => (old.variables ? { variables: old.variables } : {}));
    setValues((old) => ({ ...old, ...changes }));
  };
  const setAllRows = (all: Entry[]) => {
    setErrors(({ variables: _, ...rest }) => rest);
    setRows(all);
  };
  const next = changed(base, values, split(rows));
  const same =
    rows.every((row) => row.name.trim()) &&
    JSON.stringify(next) ===
      JSON.stringify(changed(base, read(base), { env: env ?? [], secrets: secrets ?? [] }));

  function submit(event: FormEvent): void {
    event.preventDefault();
    const wrong = check(values, rows);
    setErrors(wrong);
    setOthers([]);
    if (Object.keys(wrong).length) return;
    rollOut.mutate(next, {
      onSuccess: () => told("Rolling out."),
      onError: (error) => {
        const sorted = sortOntoForm(error, fields);
        setErrors(sorted.byField);
        setOthers(sorted.others);
      },
    });
  }

  const number = (name: "least" | "most" | "target", label: string, max: number) => (
    <NumberField
      label={label}
      least={1}
      most={max}
      value={values[name]}
      error={errors[name]}
      change={(text) => set({ [name]: text })}
    />
  );
  const quantity = (name: "cpu" | "memory" | "cpuRequest" | "memoryRequest", label: string, hint: string) => (
    <TextInput
      label={label}
      description={hint}
      classNames={{ input: "mono" }}
      value={values[name]}
      error={errors[name]}
      onChange={(event) => set({ [name]: event.currentTarget.value.trim() })}
    />
  );

  return (
    <form className="stack" onSubmit={submit} noValidate>
      <Problems problems={others} />
      <div className="f3">
        {number("least", "Pods, at least", mostPods)}
        {number("most", "Pods, at most", mostPods)}
        {number("target", "Add pods above, % CPU", mostTarget)}
      </div>
      <div className="f2">
        {quantity("cpuRequest", "CPU kept for each pod", "500m is half a core")}
        {quantity("cpu", "CPU limit of each pod", "It is slowed down above this")}
        {quantity("memoryRequest", "Memory kept for each pod", "256Mi, 1Gi")}
        {quantity("memory", "Memory limit of each pod", "It is stopped above this")}
      </div>
      <VariablesEditor rows={rows} change={setAllRows} error={errors.variables} />
      <div>
        <Button type="submit" kind="primary" icon="roll" disabled={same} busy={rollOut.isPending}>
          Roll out these changes
        </Button>
      </div>
    </form>
  );
}

function check(values: Values, rows: Entry[]): Record<string, string> {
  const wrong = {
    least: notBetween(values.least, 1, mostPods),
    most: notBetween(values.most, 1, mostPods),
    target: notBetween(values.target, 1, mostTarget),
    variables: rowsProblem(rows),
  };
  return Object.fromEntries(Object.entries(wrong).filter((one): one is [string, string] => Boolean(one[1])));
}

/** The form's fields as the manifest has them. */
function read({ spec: { horizontalScale: scale, resources } }: Manifest): Values {
  return {
    least: String(scale?.minReplicas ?? 1),
    most: String(scale?.maxReplicas ?? 1),
    target: String(scale?.targetCPUUtilizationPercentage ?? 80),
    cpu: resources?.limits?.cpu ?? "",
    memory: resources?.limits?.memory ?? "",
    cpuRequest: resources?.requests?.cpu ?? "",
    memoryRequest: resources?.requests?.memory ?? "",
  };
}

function changed(base: Manifest, values: Values, { env, secrets }: ReturnType<typeof split>): Manifest {
  return {
    ...base,
    spec: {
      ...base.spec,
      horizontalScale: {
        ...base.spec.horizontalScale,
        minReplicas: Number(values.least),
        maxReplicas: Number(values.most),
        targetCPUUtilizationPercentage: Number(values.target),
      },
      resources: {
        requests: { cpu: values.cpuRequest, memory: values.memoryRequest },
        limits: { cpu: values.cpu, memory: values.memory },
      },
      env,
      secrets,
    },
  };
}
