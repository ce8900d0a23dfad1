/** The records as the API sends them; dates are `YYYY-MM-DD HH:MM:SS.mmmZ`, an empty one is "". */
export interface BaseRecord {
  id: string;
  collectionId: string;
  collectionName: string;
  created: string;
  updated: string;
}

export interface User extends BaseRecord {
  name: string;
  username: string;
  email: string;
  avatar: string;
}

/** An account at a login provider that is linked to a user. */
export interface ExternalAccount extends BaseRecord {
  collectionRef: string;
  recordRef: string;
  provider: string;
  providerId: string;
}

export interface Project extends BaseRecord {
  name: string;
  description: string;
  /** A comma-separated list. */
  tags: string;
  avatar: string;
  user: string;
}

export interface Deployment extends BaseRecord {
  name: string;
  user: string;
  project: string;
  blueprint: string;
  avatar: string;
}

export type Phase = "pending" | "applying" | "progressing" | "healthy" | "degraded" | "failed" | "ended";

export interface Rollout extends BaseRecord {
  user: string;
  project: string;
  deployment: string;
  manifest: Manifest;
  startDate: string;
  endDate: string;
  hide: boolean;
  phase: Phase;
  message: string;
  cause: string;
  author: string;
  warnings: unknown;
}

export interface Blueprint extends BaseRecord {
  name: string;
  description: string;
  avatar: string;
  manifest: Manifest;
  owner: string;
  users: string[];
  private: boolean;
}

export interface AutoUpdate extends BaseRecord {
  user: string;
  project: string;
  deployment: string;
  interval: string;
  pattern: string;
  policy: string;
  lastCheck?: string;
  /** What the last check decided, and what went wrong in it; each a sentence. */
  verdict?: string;
  error?: string;
  /** For CI systems; only in the answer that makes it. */
  webhookToken?: string;
}

export interface Image {
  registry: string;
  repository: string;
  tag: string;
  /** The content that runs, whatever the tag leads to: `sha256:` and 64 hexadecimal digits. */
  digest?: string;
  username?: string;
  password?: string;
  [other: string]: unknown;
}

export interface Variable {
  name: string;
  value: string;
}

export interface IngressRule {
  host: string;
  path: string;
  tls: boolean;
  tlsSecretName?: string;
}

export interface Interface {
  name: string;
  port: number;
  ingress?: { ingressClass: string; annotations?: Record<string, string>; rules: IngressRule[] };
  [other: string]: unknown;
}

export interface Volume {
  name: string;
  mountPath: string;
  size: string;
  storageClass?: string;
}

/** What should run. Only the parts that forms touch are named; the rest travels through unchanged. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  spec: {
    image: Image;
    horizontalScale: { minReplicas: number; maxReplicas: number; targetCPUUtilizationPercentage: number };
    resources: Record<"requests" | "limits", { cpu: string; memory: string }>;
    env?: Variable[];
    secrets?: Variable[];
    volumes?: Volume[];
    interfaces?: Interface[];
    serviceAccountName?: string;
    [other: string]: unknown;
  };
  [other: string]: unknown;
}

export interface ClusterInfo {
  storageClasses: unknown[];
  ingressClasses: unknown[];
  version?: unknown;
  nodes?: unknown[];
  demo?: boolean;
  [other: string]: unknown;
}

export interface ClusterEvent {
  reason: string;
  message: string;
  /** Normal or Warning, spelt as the original does. */
  typus: string;
  time?: string;
  count?: number;
  kind?: string;
  name?: string;
}
