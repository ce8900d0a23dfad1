import { Select, Switch, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { me, pb } from "../../api/client";
import { type Problem, sortOntoForm } from "../../api/errors";
import { put } from "../../api/realtime";
import type { AutoUpdate } from "../../api/types";
import { Button } from "../../components/Button";
import { Problems } from "../../components/Problems";
import { told } from "../../components/toast";
import { joinPolicy, policies, readInterval, splitPolicy } from "../../lib/policies";
import { useFacts } from "./context";

interface Props {
  record: AutoUpdate | undefined;
  created: (made: AutoUpdate) => void;
}

/** Which tags are newer, and how often the registry is asked for them. */
export function AutoUpdateForm({ record, created }: Props) {
  const { projectId, deployment } = useFacts();
  const cache = useQueryClient();
  const stored = splitPolicy(record?.policy ?? "semver");
  const [on, setOn] = useState(Boolean(record));
  const [interval, setEvery] = useState(record?.interval ?? "5m");
  const [policy, setPolicy] = useState(stored.policy);
  const [constraint, setConstraint] = useState(stored.constraint);
  const [pattern, setPattern] = useState(record?.pattern ?? "");
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [others, setOthers] = useState<Problem[]>([]);
  const every = readInterval(interval);
  const chosen = policies.find((one) => one.value === policy);

  const save = useMutation({
    mutationFn: async (): Promise<AutoUpdate | undefined> => {
      const values = { interval: interval.trim(), pattern, policy: joinPolicy(policy, constraint) };
      const collection = pb.collection("autoUpdates");
      if (record && !on) await collection.delete(record.id);
      if (!on) return undefined;
      if (record) return collection.update<AutoUpdate>(record.id, values);
      const owner = { user: me().id, project: projectId, deployment: deployment.id };
      return collection.create<AutoUpdate>({ ...values, ...owner });
    },
    onSuccess: (saved) => {
      const key = ["autoUpdates", deployment.id];
      if (saved && !record) created(saved);
      if (saved) put(cache, key, { ...saved, webhookToken: undefined } as AutoUpdate);
      else if (record) put(cache, key, record, true);
      told(saved ? "Automatic updates are on." : "Automatic updates are off.");
    },
    onError: (error) => {
      const field = constraint.trim() && policy === "semver" ? "constraint" : "policy";
      const sorted = sortOntoForm(error, { interval: "interval", pattern: "pattern", policy: field });
      setErrors(sorted.byField);
      setOthers(sorted.others);
    },
  });

  function submit(event: FormEvent): void {
    event.preventDefault();
    setOthers([]);
    setErrors(on && "problem" in every ? { interval: every.problem } : {});
    if (!on || "words" in every) save.mutate();
  }

  return (
    <form className="stack" onSubmit={submit} noValidate>
      <Problems problems={others} />
      <Switch
        label="Roll out newer images by itself"
        description="As a person would: checked against the cluster first, listed under Rollouts, and undone there"
        checked={on}
        onChange={(event) => setOn(event.currentTarget.checked)}
      />
      {on && (
        <>
          <Select
            label="What is newer"
            description={chosen?.says}
            data={chosen ? policies : [...policies, { value: policy, label: policy }]}
            value={policy}
            allowDeselect={false}
            error={errors.policy}
            onChange={(value) => setPolicy(value ?? "semver")}
          />
          {policy === "semver" && (
            <TextInput
              label="Only versions"
              description="Such as ~1.2, 1.x or >=1.24, <2; empty for all"
              classNames={{ input: "mono" }}
              spellCheck={false}
              value={constraint}
              error={errors.constraint}
              onChange={(event) => setConstraint(event.currentTarget.value)}
            />
          )}
          <div className="f2">
            {policy !== "digest" && (
              <TextInput
                label="Only tags that match"
                description="A regular expression, such as ^1\.\d+$; empty for all"
                classNames={{ input: "mono" }}
                spellCheck={false}
                value={pattern}
                error={errors.pattern}
                onChange={(event) => setPattern(event.currentTarget.value)}
              />
            )}
            <TextInput
              label="Ask the registry"
              description={"words" in every ? every.words : "Such as 5m, 1h30m or 2d"}
              classNames={{ input: "mono" }}
              spellCheck={false}
              value={interval}
              error={errors.interval}
              onChange={(event) => setEvery(event.currentTarget.value)}
            />
          </div>
        </>
      )}
      {(on || record) && (
        <div>
          <Button type="submit" kind={on ? "primary" : "secondary"} busy={save.isPending}>
            {on ? "Save" : "Switch off"}
          </Button>
        </div>
      )}
    </form>
  );
}
