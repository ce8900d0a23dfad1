import { FileInput, Switch, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { me, pb } from "../../api/client";
import { type Problem, problems, sortOntoForm } from "../../api/errors";
import { put } from "../../api/realtime";
import type { Blueprint, Manifest } from "../../api/types";
import { Button, ButtonLink } from "../../components/Button";
import { Card } from "../../components/Card";
import { Problems } from "../../components/Problems";
import { told } from "../../components/toast";
import { YamlEditor } from "../../components/YamlEditor";
import { longest, tooLong } from "../../lib/limits";
import { fromYaml, toYaml } from "../../lib/yaml";

interface Props {
  blueprint?: Blueprint;
  manifest: Manifest;
}

/** A blueprint's name, description, picture and manifest; others may only read it. */
export function BlueprintForm({ blueprint, manifest }: Props) {
  const cache = useQueryClient();
  const navigate = useNavigate();
  const readOnly = blueprint !== undefined && blueprint.owner !== me().id;
  const [name, setName] = useState(blueprint?.name ?? "");
  const [description, setDescription] = useState(blueprint?.description ?? "");
  const [isPrivate, setPrivate] = useState(blueprint?.private ?? true);
  const [avatar, setAvatar] = useState<File | null>(null);
  const [text, setText] = useState(() => toYaml(manifest));
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [others, setOthers] = useState<Problem[]>([]);

  const save = useMutation({
    mutationFn: (parsed: Manifest) => {
      const values = {
        name: name.trim(),
        description,
        private: isPrivate,
        manifest: parsed,
        ...(avatar && { avatar }),
      };
      const collection = pb.collection("blueprints");
      return blueprint
        ? collection.update<Blueprint>(blueprint.id, values)
        : collection.create<Blueprint>({ ...values, owner: me().id });
    },
    onSuccess: (saved) => {
      put(cache, ["blueprints"], saved);
      told("Saved.");
      navigate({ to: "/app/blueprints/my-blueprints" });
    },
    onError: (error) => {
      const sorted = sortOntoForm(error, { name: "name", description: "description", avatar: "avatar" });
      setErrors(sorted.byField);
      setOthers(sorted.others);
    },
  });

  function submit(event: FormEvent): void {
    event.preventDefault();
    setErrors({});
    setOthers([]);
    if (!name.trim()) {
      setErrors({ name: "Give the blueprint a name." });
      return;
    }
    if (tooLong(name, longest.blueprintName) || tooLong(description, longest.blueprintDescription)) return;
    try {
      save.mutate(fromYaml(text));
    } catch (error) {
      setOthers(problems(error));
    }
  }

  return (
    <form className="stack mt5" onSubmit={submit} noValidate>
      <Problems problems={others} />
      <Card title="Blueprint">
        <div className="stack">
          <TextInput
            label="Name"
            readOnly={readOnly}
            value={name}
            error={errors.name ?? tooLong(name, longest.blueprintName)}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <TextInput
            label="Description"
            readOnly={readOnly}
            value={description}
            error={errors.description ?? tooLong(description, longest.blueprintDescription)}
            onChange={(event) => setDescription(event.currentTarget.value)}
          />
          {!readOnly && (
            <>
              <FileInput
                label="Picture"
                description="PNG, JPEG, GIF, WebP or SVG"
                placeholder={blueprint?.avatar ? "Choose another" : "Choose a file"}
                accept="image/*"
                clearable
                value={avatar}
                error={errors.avatar}
                onChange={setAvatar}
              />
              <Switch
                label="Private"
                description="Only you, and those who have added it already, see it"
                checked={isPrivate}
                onChange={(event) => setPrivate(event.currentTarget.checked)}
              />
            </>
          )}
          <YamlEditor
            label="Manifest"
            value={text}
            change={setText}
            readOnly={readOnly}
            hint="Esc, then Tab, leaves the editor."
          />
        </div>
      </Card>
      <div className="row form-foot">
        <ButtonLink to="/app/blueprints/my-blueprints">{readOnly ? "Back" : "Cancel"}</ButtonLink>
        {!readOnly && (
          <Button type="submit" kind="primary" busy={save.isPending}>
            Save blueprint
          </Button>
        )}
      </div>
    </form>
  );
}
