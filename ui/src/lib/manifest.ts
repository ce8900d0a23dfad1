import type { Manifest, Variable } from "../api/types";
import type { ParsedImage } from "./image";

/** How many pods a deployment may have; the server refuses more. */
export const mostPods = 1000;

/** What the new-deployment form asks for. */
export interface NewApp {
  image: ParsedImage & { username?: string; password?: string };
  port: number | undefined;
  replicas: number;
  env: Variable[];
  secrets: Variable[];
}

/** The manifest for an image with good defaults; everything in it can be changed later. */
export function newManifest(app: NewApp): Manifest {
  return {
    apiVersion: "one-click.dev/v1alpha1",
    kind: "Rollout",
    spec: {
      image: app.image,
      horizontalScale: {
        minReplicas: app.replicas,
        maxReplicas: app.replicas,
        targetCPUUtilizationPercentage: 80,
      },
      resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "500m", memory: "512Mi" } },
      env: app.env,
      secrets: app.secrets,
      volumes: [],
      interfaces: app.port === undefined ? [] : [{ name: "http", port: app.port }],
      serviceAccountName: "",
    },
  };
}

/** The same manifest with another image; credentials and everything else stay as they are. */
export function withImage(manifest: Manifest, image: Partial<Manifest["spec"]["image"]>): Manifest {
  return { ...manifest, spec: { ...manifest.spec, image: { ...manifest.spec.image, ...image } } };
}

/** A blueprint's manifest filled with what the form says; ingress hosts belong to one deployment and are left out. */
export function fromBlueprint(blueprint: Manifest, app: NewApp): Manifest {
  const spec = blueprint.spec;
  const interfaces = (spec.interfaces ?? []).map(({ ingress: _, ...rest }) => rest);
  return {
    ...blueprint,
    spec: {
      ...spec,
      image: { ...spec.image, ...app.image },
      horizontalScale: {
        ...spec.horizontalScale,
        minReplicas: app.replicas,
        maxReplicas: Math.max(app.replicas, spec.horizontalScale?.maxReplicas ?? 1),
      },
      env: app.env,
      secrets: app.secrets,
      interfaces: withPort(interfaces, app.port),
    },
  };
}

function withPort(interfaces: NonNullable<Manifest["spec"]["interfaces"]>, port: number | undefined) {
  const [first, ...rest] = interfaces;
  if (port === undefined) return rest;
  return [first ? { ...first, port } : { name: "http", port }, ...rest];
}

/** The domains a deployment answers on. */
export function hosts(manifest: Partial<Manifest> | undefined): { host: string; url: string }[] {
  const rules = (manifest?.spec?.interfaces ?? []).flatMap((one) => one.ingress?.rules ?? []);
  return rules
    .filter((rule) => rule.host)
    .map((rule) => ({
      host: rule.host,
      url: `${rule.tls ? "https" : "http"}://${rule.host}${rule.path || "/"}`,
    }));
}

export function isSecretPlaceholder(value: unknown): boolean {
  return typeof value === "string" && value.startsWith("oc-secret:");
}
