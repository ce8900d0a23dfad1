import { Select, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import type { Blueprint } from "../../api/types";
import { Button, ButtonLink } from "../../components/Button";
import { Card } from "../../components/Card";
import { Icon } from "../../components/Icon";
import { NumberField } from "../../components/NumberField";
import { Problems } from "../../components/Problems";
import { VariablesEditor } from "../../components/VariablesEditor";
import { parseImage } from "../../lib/image";
import { longest, tooLong } from "../../lib/limits";
import { mostPods } from "../../lib/manifest";
import { Credentials } from "./Credentials";
import { useNewDeployment } from "./useNewDeployment";

interface Props {
  projectId: string;
  blueprints: Blueprint[];
  first: { image: string; blueprint: string };
}

/** The form of a new deployment: an image is enough, the rest has good defaults. */
export function NewDeploymentForm({ projectId, blueprints, first }: Props) {
  const navigate = useNavigate();
  const { values, set, chooseBlueprint, errors, others, busy, deploy } = useNewDeployment(
    projectId,
    blueprints,
    first,
  );
  const [leftImage, setLeftImage] = useState(false);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const deploymentId = await deploy();
    if (!deploymentId) return;
    await navigate({
      to: "/app/projects/$projectId/deployments/$deploymentId",
      params: { projectId, deploymentId },
    });
  }

  return (
    <form className="stack mt5" onSubmit={submit} noValidate>
      <Problems problems={others} />
      <Card title="Application">
        <div className="stack">
          {blueprints.length > 0 && (
            <Select
              label="Blueprint"
              description="Its settings are taken over; what you write below replaces them."
              placeholder="None"
              clearable
              data={blueprints.map((one) => ({ value: one.id, label: one.name }))}
              value={values.blueprint || null}
              onChange={(id) => chooseBlueprint(id ?? "")}
            />
          )}
          <TextInput
            label="Image"
            placeholder="nginx or ghcr.io/acme/app:1.2.3"
            description={reading(values.image)}
            leftSection={<Icon name="box" />}
            classNames={{ input: "mono" }}
            spellCheck={false}
            autoFocus
            value={values.image}
            error={errors.image ?? (leftImage ? problemOf(values.image) : undefined)}
            onBlur={() => setLeftImage(values.image !== "")}
            onChange={(event) => set({ image: event.currentTarget.value })}
          />
          <TextInput
            label="Name"
            description="How it is called here"
            value={values.name}
            error={errors.name ?? tooLong(values.name, longest.deploymentName)}
            onChange={(event) => set({ name: event.currentTarget.value, named: true })}
          />
          <div className="f2">
            <NumberField
              label="Port"
              description="Where it listens; leave it empty if it does not"
              least={1}
              most={65_535}
              optional
              value={values.port}
              error={errors.port}
              change={(port) => set({ port })}
            />
            <NumberField
              label="Pods"
              description="How many run at the same time"
              least={1}
              most={mostPods}
              value={values.replicas}
              error={errors.replicas}
              change={(replicas) => set({ replicas })}
            />
          </div>
          <Credentials
            username={values.username}
            password={values.password}
            error={errors.credentials}
            change={(username, password) => set({ username, password })}
          />
        </div>
      </Card>
      <Card title="Variables and secrets">
        <VariablesEditor
          titled
          rows={values.rows}
          change={(rows) => set({ rows })}
          error={errors.variables}
        />
      </Card>
      <div className="row form-foot">
        <ButtonLink to="/app/projects/$projectId" params={{ projectId }} size="lg">
          Cancel
        </ButtonLink>
        <Button type="submit" kind="primary" size="lg" icon="roll" busy={busy}>
          Deploy
        </Button>
      </div>
    </form>
  );
}

function problemOf(image: string): string | undefined {
  try {
    parseImage(image);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** How the reference is understood, so that a slip is seen before anything runs. */
function reading(image: string): string {
  if (!image.trim()) return "From Docker Hub, or with its registry";
  try {
    const { registry, repository, tag } = parseImage(image);
    return `Read as ${registry} / ${repository}, tag ${tag}`;
  } catch {
    return "From Docker Hub, or with its registry";
  }
}
