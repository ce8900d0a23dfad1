import { TagsInput, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { pb } from "../../api/client";
import { type Problem, sortOntoForm } from "../../api/errors";
import { useProject } from "../../api/queries";
import { put } from "../../api/realtime";
import type { Project } from "../../api/types";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { DeleteDialog } from "../../components/DeleteDialog";
import { Problems } from "../../components/Problems";
import { told } from "../../components/toast";
import { longest, tooLong } from "../../lib/limits";
import { cleanTag, readTags } from "../../lib/tags";
import { useWholes } from "../../shell/useParts";

const route = getRouteApi("/app/projects/$projectId");

/** A project's name, description and tags, and its deletion. */
export function ProjectSettings() {
  const { projectId } = route.useParams();
  const project = useProject(projectId);
  if (!project) return null;
  return (
    <div className="stack mt5 narrow">
      <Card title="Project">
        <Details key={project.id} project={project} />
      </Card>
      <Card title="Delete this project" danger>
        <Deletion project={project} />
      </Card>
    </div>
  );
}

function Details({ project }: { project: Project }) {
  const cache = useQueryClient();
  const [name, setName] = useState(project.name);
  const [description, setDescription] = useState(project.description);
  const [tags, setTags] = useState(readTags(project.tags));
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [others, setOthers] = useState<Problem[]>([]);
  const changed =
    name !== project.name ||
    description !== project.description ||
    tags.join(",") !== readTags(project.tags).join(",");
  const save = useMutation({
    mutationFn: () =>
      pb
        .collection("projects")
        .update<Project>(project.id, { name: name.trim(), description, tags: tags.join(",") }),
    onSuccess: (saved) => {
      put(cache, ["projects"], saved);
      told("Saved.");
    },
    onError: (error) => {
      const sorted = sortOntoForm(error, { name: "name", description: "description", tags: "tags" });
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
        setErrors({});
        setOthers([]);
        if (!tooLong(name, longest.projectName)) save.mutate();
      }}
    >
      <Problems problems={others} />
      <TextInput
        label="Name"
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
      <div>
        <Button type="submit" kind="primary" disabled={!changed || !name.trim()} busy={save.isPending}>
          Save
        </Button>
      </div>
    </form>
  );
}

function Deletion({ project }: { project: Project }) {
  const cache = useQueryClient();
  const navigate = useNavigate();
  const [opened, setOpened] = useState(false);
  const parts = useWholes()?.find((one) => one.project.id === project.id)?.parts ?? [];
  const names = parts.map((one) => one.deployment.name).join(", ");
  return (
    <>
      <p className="t2">
        Its deployments stop, and their history, volumes and everything else in the namespace are deleted.
      </p>
      <Button className="mt4" kind="danger" icon="trash" onClick={() => setOpened(true)}>
        Delete project
      </Button>
      <DeleteDialog
        opened={opened}
        close={() => setOpened(false)}
        what="project"
        name={project.name}
        remove={async () => {
          await pb.collection("projects").delete(project.id);
          await navigate({ to: "/app" });
          put(cache, ["projects"], project, true);
          told(`Project ${project.name} is deleted.`);
        }}
      >
        {parts.length
          ? `These go, with their history and all data on their volumes: ${names}. `
          : "It has no deployments. "}
        This cannot be undone.
      </DeleteDialog>
    </>
  );
}
