import { Modal, TagsInput, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { me, pb } from "../../api/client";
import { type Problem, sortOntoForm } from "../../api/errors";
import { put } from "../../api/realtime";
import type { Project } from "../../api/types";
import { Button } from "../../components/Button";
import { Problems } from "../../components/Problems";
import { longest, tooLong } from "../../lib/limits";
import { cleanTag } from "../../lib/tags";

const fields = { name: "name", description: "description", tags: "tags" };

/** The dialog for a new project; it leads into the project it made. */
export function NewProject({ opened, close }: { opened: boolean; close: () => void }) {
  return (
    <Modal opened={opened} onClose={close} title="New project">
      <Form close={close} />
    </Modal>
  );
}

function Form({ close }: { close: () => void }) {
  const cache = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [tags, setTags] = useState<string[]>([]);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [others, setOthers] = useState<Problem[]>([]);
  const create = useMutation({
    mutationFn: () =>
      pb
        .collection("projects")
        .create<Project>({ name: name.trim(), description, tags: tags.join(","), user: me().id }),
    onSuccess: (project) => {
      put(cache, ["projects"], project);
      navigate({ to: "/app/projects/$projectId", params: { projectId: project.id } });
    },
    onError: (error) => {
      const sorted = sortOntoForm(error, fields);
      setErrors(sorted.byField);
      setOthers(sorted.others);
    },
  });
  return (
    <form
      className="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!name.trim()) return setErrors({ name: "Give the project a name." });
        if (tooLong(name, longest.projectName)) return setErrors({});
        setErrors({});
        setOthers([]);
        create.mutate();
      }}
    >
      <Problems problems={others} />
      <TextInput
        label="Name"
        description={`Up to ${longest.projectName} characters`}
        data-autofocus
        required
        withAsterisk={false}
        value={name}
        error={errors.name ?? tooLong(name, longest.projectName)}
        onChange={(event) => {
          setName(event.currentTarget.value);
          setErrors(({ name: _, ...rest }) => rest);
        }}
      />
      <TextInput
        label="Description"
        value={description}
        error={errors.description}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
      <TagsInput
        label="Tags"
        description="Press Enter after each"
        value={tags}
        error={errors.tags}
        onChange={(all) => setTags([...new Set(all.map(cleanTag).filter(Boolean))])}
      />
      <div className="row dialog-foot">
        <Button onClick={close}>Cancel</Button>
        <Button type="submit" kind="primary" busy={create.isPending}>
          Create project
        </Button>
      </div>
    </form>
  );
}
