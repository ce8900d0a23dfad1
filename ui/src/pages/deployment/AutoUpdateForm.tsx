import { Select, Switch, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { me, pb, send } from "../../api/client";
import { type Problem, sortOntoForm } from "../../api/errors";
import { autoUpdates } from "../../api/queries";
import type { AutoUpdate } from "../../api/types";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { Note } from "../../components/Note";
import { Problems } from "../../components/Problems";
import { failed, told } from "../../components/toast";
import { useFacts } from "./context";

/** Watching the registry for newer tags. Without the collection (its plugin is off) nothing is shown. */
export function AutoUpdateForm() {
  const { deployment } = useFacts();
  const { data, error } = useQuery(autoUpdates(deployment.id));
  if (error || !data) return null;
  return (
    <Card title="Automatic updates" note={data[0] ? `Asked every ${data[0].interval}` : "Off"}>
      <Form key={data[0]?.id ?? "new"} record={data[0]} />
    </Card>
  );
}

function Form({ record }: { record: AutoUpdate | undefined }) {
  const { projectId, deployment } = useFacts();
  const cache = useQueryClient();
  const [on, setOn] = useState(Boolean(record));
  const [interval, setEvery] = useState(record?.interval ?? "5m");
  const [pattern, setPattern] = useState(record?.pattern ?? "");
  const [policy, setPolicy] = useState(record?.policy ?? "semver");
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [others, setOthers] = useState<Problem[]>([]);
  const again = () => cache.invalidateQueries({ queryKey: ["autoUpdates", deployment.id] });

  const save = useMutation({
    mutationFn: async () => {
      const values = { interval, pattern, policy };
      if (!on) return record ? pb.collection("autoUpdates").delete(record.id) : undefined;
      if (record) return pb.collection("autoUpdates").update(record.id, values);
      return pb
        .collection("autoUpdates")
        .create({ ...values, user: me().id, project: projectId, deployment: deployment.id });
    },
    onSuccess: () => {
      told(on ? "Automatic updates are on." : "Automatic updates are off.");
      again();
    },
    onError: (error) => {
      const sorted = sortOntoForm(error, { interval: "interval", pattern: "pattern", policy: "policy" });
      setErrors(sorted.byField);
      setOthers(sorted.others);
    },
  });
  const check = useMutation({
    mutationFn: () => send(`/auto-update/${record?.id}`, { method: "POST" }),
    onSuccess: () => told("The registry is being asked."),
    onError: failed,
  });

  function submit(event: FormEvent): void {
    event.preventDefault();
    setErrors({});
    setOthers([]);
    save.mutate();
  }

  return (
    <form className="stack" onSubmit={submit} noValidate>
      <Problems problems={others} />
      <Switch
        label="Roll out newer tags by itself"
        checked={on}
        onChange={(event) => setOn(event.currentTarget.checked)}
      />
      {on && (
        <>
          <div className="f2">
            <Select
              label="Ask the registry every"
              data={[...new Set(["1m", "5m", "10m", "1h", interval])]}
              value={interval}
              allowDeselect={false}
              error={errors.interval}
              onChange={(value) => setEvery(value ?? "5m")}
            />
            <Select
              label="Which tags are newer"
              data={[...new Set([...policies.map((one) => one.value), policy])].map(
                (value) => policies.find((one) => one.value === value) ?? { value, label: value },
              )}
              value={policy}
              allowDeselect={false}
              error={errors.policy}
              onChange={(value) => setPolicy(value ?? "semver")}
            />
          </div>
          <TextInput
            label="Only tags that match"
            description="A regular expression, such as ^1\.\d+\.\d+$; empty for all"
            classNames={{ input: "mono" }}
            value={pattern}
            error={errors.pattern}
            onChange={(event) => setPattern(event.currentTarget.value)}
          />
        </>
      )}
      {record?.error ? (
        <Note kind="warn">{record.error}</Note>
      ) : (
        record?.verdict && <p className="hint">{record.verdict}</p>
      )}
      <div className="row w">
        <Button type="submit" kind="primary" disabled={!on && !record} busy={save.isPending}>
          Save
        </Button>
        {record && (
          <Button busy={check.isPending} onClick={() => check.mutate()}>
            Ask now
          </Button>
        )}
      </div>
    </form>
  );
}

const policies = [
  { value: "semver", label: "Higher version number" },
  { value: "timestamp", label: "Later time in the tag" },
  { value: "asc", label: "Last by name" },
  { value: "desc", label: "First by name" },
  { value: "latest", label: "The tag latest" },
];
