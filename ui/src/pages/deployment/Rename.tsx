import { TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { pb } from "../../api/client";
import { problems } from "../../api/errors";
import { put } from "../../api/realtime";
import type { Deployment } from "../../api/types";
import { Button } from "../../components/Button";
import { told } from "../../components/toast";
import { longest, tooLong } from "../../lib/limits";
import { useFacts } from "./context";

/** The name people read; nothing in the cluster carries it, so nothing restarts. */
export function Rename() {
  const { deployment } = useFacts();
  const cache = useQueryClient();
  const [name, setName] = useState(deployment.name);
  const save = useMutation({
    mutationFn: () => pb.collection("deployments").update<Deployment>(deployment.id, { name: name.trim() }),
    onSuccess: (saved) => {
      put(cache, ["deployments"], saved);
      told("Saved.");
    },
  });
  return (
    <form
      className="inline-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!tooLong(name, longest.deploymentName)) save.mutate();
      }}
    >
      <TextInput
        className="grow"
        label="Name"
        description="Only its name here; nothing restarts"
        value={name}
        error={
          tooLong(name, longest.deploymentName) ?? (save.error ? problems(save.error)[0]?.message : undefined)
        }
        onChange={(event) => {
          setName(event.currentTarget.value);
          save.reset();
        }}
      />
      <Button type="submit" disabled={!name.trim() || name.trim() === deployment.name} busy={save.isPending}>
        Rename
      </Button>
    </form>
  );
}
