"""The kinds that the demo cluster serves, as data."""

from __future__ import annotations

from dataclasses import dataclass

ALL_VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
READ_VERBS = ("get", "list")


@dataclass(frozen=True, slots=True)
class Kind:
    """One resource of one API version."""

    group: str
    version: str
    kind: str
    plural: str
    namespaced: bool = True
    short_names: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ALL_VERBS
    categories: tuple[str, ...] = ()

    @property
    def api_version(self) -> str:
        """``group/version``, or the version alone for the core group."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def qualified(self) -> str:
        """The plural with its group, as messages name it."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def singular(self) -> str:
        """The kind in lower case."""
        return self.kind.lower()

    @property
    def has_status(self) -> bool:
        """Whether ``status`` is written through a subresource of its own."""
        return "status" in self.subresources


STATUS = ("status",)
STATUS_SCALE = ("scale", "status")

NAMESPACES = Kind("", "v1", "Namespace", "namespaces", False, ("ns",), ("finalize", "status"))
NODES = Kind("", "v1", "Node", "nodes", False, ("no",), STATUS)
PODS = Kind("", "v1", "Pod", "pods", True, ("po",), ("eviction", "log", "status"), categories=("all",))
SERVICES = Kind("", "v1", "Service", "services", True, ("svc",), STATUS, categories=("all",))
ENDPOINTS = Kind("", "v1", "Endpoints", "endpoints", True, ("ep",))
SERVICE_ACCOUNTS = Kind("", "v1", "ServiceAccount", "serviceaccounts", True, ("sa",))
SECRETS = Kind("", "v1", "Secret", "secrets")
CONFIG_MAPS = Kind("", "v1", "ConfigMap", "configmaps", True, ("cm",))
CLAIMS = Kind("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", True, ("pvc",), STATUS)
VOLUMES = Kind("", "v1", "PersistentVolume", "persistentvolumes", False, ("pv",), STATUS)
EVENTS = Kind("", "v1", "Event", "events", True, ("ev",))
QUOTAS = Kind("", "v1", "ResourceQuota", "resourcequotas", True, ("quota",), STATUS)
LIMIT_RANGES = Kind("", "v1", "LimitRange", "limitranges", True, ("limits",))
DEPLOYMENTS = Kind("apps", "v1", "Deployment", "deployments", True, ("deploy",), STATUS_SCALE, categories=("all",))
REPLICA_SETS = Kind("apps", "v1", "ReplicaSet", "replicasets", True, ("rs",), STATUS_SCALE, categories=("all",))
JOBS = Kind("batch", "v1", "Job", "jobs", True, (), STATUS, categories=("all",))
CRON_JOBS = Kind("batch", "v1", "CronJob", "cronjobs", True, ("cj",), STATUS, categories=("all",))
AUTOSCALERS = Kind(
    "autoscaling",
    "v2",
    "HorizontalPodAutoscaler",
    "horizontalpodautoscalers",
    True,
    ("hpa",),
    STATUS,
    categories=("all",),
)
INGRESSES = Kind("networking.k8s.io", "v1", "Ingress", "ingresses", True, ("ing",), STATUS)
INGRESS_CLASSES = Kind("networking.k8s.io", "v1", "IngressClass", "ingressclasses", False)
NETWORK_POLICIES = Kind("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", True, ("netpol",))
STORAGE_CLASSES = Kind("storage.k8s.io", "v1", "StorageClass", "storageclasses", False, ("sc",))
DISRUPTION_BUDGETS = Kind("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", True, ("pdb",), STATUS)
LEASES = Kind("coordination.k8s.io", "v1", "Lease", "leases")
NEW_EVENTS = Kind("events.k8s.io", "v1", "Event", "events", True, ("ev",), verbs=("get", "list", "watch"))
POD_METRICS = Kind("metrics.k8s.io", "v1beta1", "PodMetrics", "pods", verbs=READ_VERBS)
NODE_METRICS = Kind("metrics.k8s.io", "v1beta1", "NodeMetrics", "nodes", False, verbs=READ_VERBS)
ACCESS_REVIEWS = Kind(
    "authorization.k8s.io", "v1", "SelfSubjectAccessReview", "selfsubjectaccessreviews", False, verbs=("create",)
)

KINDS = (
    NAMESPACES,
    NODES,
    PODS,
    SERVICES,
    ENDPOINTS,
    SERVICE_ACCOUNTS,
    SECRETS,
    CONFIG_MAPS,
    CLAIMS,
    VOLUMES,
    EVENTS,
    QUOTAS,
    LIMIT_RANGES,
    DEPLOYMENTS,
    REPLICA_SETS,
    JOBS,
    CRON_JOBS,
    AUTOSCALERS,
    INGRESSES,
    INGRESS_CLASSES,
    NETWORK_POLICIES,
    STORAGE_CLASSES,
    DISRUPTION_BUDGETS,
    LEASES,
    NEW_EVENTS,
    POD_METRICS,
    NODE_METRICS,
    ACCESS_REVIEWS,
)
"""All kinds, in the order in which discovery lists them."""

VIRTUAL = frozenset({POD_METRICS, NODE_METRICS, ACCESS_REVIEWS})
"""Kinds that are answered, not stored."""

STORED = tuple(kind for kind in KINDS if kind not in VIRTUAL and kind is not NEW_EVENTS)
"""Kinds with storage of their own (``events.k8s.io`` shows the core group's events)."""

CONTENTS = tuple(kind for kind in STORED if kind.namespaced)
"""What a namespace holds."""

BY_PATH = {(kind.group, kind.version, kind.plural): kind for kind in KINDS}
BY_NAME = {(kind.api_version, kind.kind): kind for kind in KINDS}


def groups() -> dict[str, list[str]]:
    """Return the API groups (without the core) with their versions."""
    found: dict[str, list[str]] = {}
    for kind in KINDS:
        if kind.group and kind.version not in found.setdefault(kind.group, []):
            found[kind.group].append(kind.version)
    return found
