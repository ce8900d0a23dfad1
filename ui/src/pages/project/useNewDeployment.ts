import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { me, pb } from "../../api/client";
import { type Problem, sortOntoForm } from "../../api/errors";
import { deployments } from "../../api/queries";
import { put } from "../../api/realtime";
import type { Blueprint, Deployment, Rollout } from "../../api/types";
import { type Entry, entries, rowsProblem, split } from "../../components/VariablesEditor";
import { parseImage, shortImage } from "../../lib/image";
import { longest, notBetween, tooLong } from "../../lib/limits";
import { fromBlueprint, mostPods, type NewApp, newManifest } from "../../lib/manifest";
import { freeName } from "../../lib/names";

interface Values {
  blueprint: string;
  image: string;
  name: string;
  /** The name was typed, so it no longer follows the image. */
  named: boolean;
  port: string;
  replicas: string;
  username: string;
  password: string;
  rows: Entry[];
}

const fields = {
  name: "name",
  "manifest.spec.image": "image",
  "manifest.spec.image.username": "credentials",
  "manifest.spec.image.password": "credentials",
  "manifest.spec.interfaces": "port",
  "manifest.spec.horizontalScale": "replicas",
  "manifest.spec.env": "variables",
  "manifest.spec.secrets": "variables",
};

/** The state of the new-deployment form and its one act. */
export function useNewDeployment(
  projectId: string,
  blueprints: Blueprint[],
  first: { image: string; blueprint: string },
) {
  const cache = useQueryClient();
  const taken = () =>
    (cache.getQueryData(deployments.queryKey) ?? [])
      .filter((one) => one.project === projectId)
      .map((one) => one.name);
  const [values, setValues] = useState<Values>(() =>
    start(
      first.image,
      blueprints.find((one) => one.id === first.blueprint),
      taken(),
    ),
  );
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [others, setOthers] = useState<Problem[]>([]);
  const [busy, setBusy] = useState(false);

  const set = (changes: Partial<Values>) => {
    setErrors((old) => without(old, changes));
    setValues((old) => {
      const next = { ...old, ...changes };
      return next.named ? next : { ...next, name: freeName(nameFrom(next.image), taken()) };
    });
  };

  const chooseBlueprint = (id: string) => {
    const chosen = blueprints.find((one) => one.id === id);
    setValues((old) =>
      chosen
        ? { ...start("", chosen, taken()), named: old.named, ...(old.named && { name: old.name }) }
        : { ...old, blueprint: "" },
    );
  };

  /** Creates the deployment and its first rollout; a refused rollout leaves no deployment behind. */
  async function deploy(): Promise<string | undefined> {
    setErrors({});
    setOthers([]);
    const app = read(values, setErrors);
    if (!app) return undefined;
    setBusy(true);
    const owner = { user: me().id, project: projectId };
    let made: Deployment | undefined;
    try {
      made = await pb
        .collection("deployments")
        .create<Deployment>({ ...owner, name: values.name.trim(), blueprint: values.blueprint });
      const blueprint = blueprints.find((one) => one.id === values.blueprint);
      const manifest = blueprint ? fromBlueprint(blueprint.manifest, app) : newManifest(app);
      const rollout = await pb
        .collection("rollouts")
        .create<Rollout>({ ...owner, deployment: made.id, manifest });
      put(cache, ["deployments"], made);
      put(cache, ["running"], rollout);
      return made.id;
    } catch (error) {
      if (made)
        await pb
          .collection("deployments")
          .delete(made.id)
          .catch(() => undefined);
      const sorted = sortOntoForm(error, fields);
      setErrors(sorted.byField);
      setOthers(sorted.others);
      return undefined;
    } finally {
      setBusy(false);
    }
  }

  return { values, set, chooseBlueprint, errors, others, busy, deploy };
}

/** What was said of a field is over once the field is another. */
function without(errors: Record<string, string>, changes: Partial<Values>): Record<string, string> {
  const over = Object.keys(changes).map((name) =>
    name === "rows" ? "variables" : name === "username" || name === "password" ? "credentials" : name,
  );
  return Object.fromEntries(Object.entries(errors).filter(([name]) => !over.includes(name)));
}

function start(image: string, blueprint: Blueprint | undefined, taken: string[]): Values {
  const spec = blueprint?.manifest?.spec;
  const reference = image || shortImage(spec?.image);
  return {
    blueprint: blueprint?.id ?? "",
    image: reference,
    name: freeName(blueprint?.name || nameFrom(reference), taken),
    named: Boolean(blueprint),
    port: String(spec?.interfaces?.[0]?.port ?? (blueprint ? "" : 80)),
    replicas: String(spec?.horizontalScale?.minReplicas ?? 1),
    username: spec?.image?.username ?? "",
    password: spec?.image?.password ?? "",
    rows: entries(spec?.env, spec?.secrets),
  };
}

function nameFrom(image: string): string {
  try {
    return parseImage(image).repository.split("/").at(-1) ?? "";
  } catch {
    return "";
  }
}

function read(values: Values, setErrors: (errors: Record<string, string>) => void): NewApp | undefined {
  const errors: Record<string, string> = {};
  let image: ReturnType<typeof parseImage> | undefined;
  try {
    image = parseImage(values.image);
  } catch (error) {
    errors.image = (error as Error).message;
  }
  const name = values.name.trim()
    ? tooLong(values.name, longest.deploymentName)
    : "Give the deployment a name.";
  if (name) errors.name = name;
  const port = values.port.trim() ? notBetween(values.port, 1, 65_535) : undefined;
  if (port) errors.port = port;
  const replicas = notBetween(values.replicas, 1, mostPods);
  if (replicas) errors.replicas = replicas;
  const variables = rowsProblem(values.rows);
  if (variables) errors.variables = variables;
  setErrors(errors);
  if (!image || Object.keys(errors).length) return undefined;
  const credentials = values.username ? { username: values.username, password: values.password } : {};
  return {
    image: { ...image, ...credentials },
    port: values.port.trim() ? Number(values.port) : undefined,
    replicas: Number(values.replicas),
    ...split(values.rows),
  };
}
