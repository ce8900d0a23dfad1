"""The kinds of Kubernetes objects that One-Click knows, and where the API server serves them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from oneclick_kubernetes.errors import Missing

_LONGEST_NAME = 253
# What all kinds' names have in common. Some (roles) may have colons and upper case; none begins or ends with a dot.
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._:-]*[A-Za-z0-9])?", re.ASCII)
_NAMESPACE = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: ``plural`` is its name in URLs, ``api`` its group and version as in ``apiVersion``."""

    plural: str
    kind: str
    api: str
    namespaced: bool = True

    def path(self, namespace: str = "", name: str = "", subresource: str = "") -> str:
        """Return the URL path of the collection, of one object, or of an object's subresource.

        Raises ``Missing`` for what no object can be called: a name ``..`` would be another path. An empty name is the
        collection's; :meth:`object_path` has none.
        """
        if namespace and not _NAMESPACE.fullmatch(namespace):
            raise Missing(f"There is no namespace {namespace[:100]!r}.", 404, "NotFound")
        if name and (len(name) > _LONGEST_NAME or not _NAME.fullmatch(name)):
            raise Missing(f"There is nothing called {name[:100]!r}.", 404, "NotFound")
        parts = ["api" if "/" not in self.api else "apis", self.api]
        if self.namespaced and namespace:
            parts += ["namespaces", quote(namespace, safe="")]
        parts.append(self.plural)
        if name:
            parts.append(quote(name, safe=""))
        if subresource:
            parts.append(subresource)
        return "/" + "/".join(parts)

    def object_path(self, namespace: str, name: str, subresource: str = "") -> str:
        """Return the URL path of one object. Raises ``Missing`` for an empty name as for any that cannot be."""
        if not name:
            raise Missing("An object without a name was asked for.", 404, "NotFound")
        return self.path(namespace, name, subresource)


PODS = Kind("pods", "Pod", "v1")
SERVICES = Kind("services", "Service", "v1")
SERVICE_ACCOUNTS = Kind("serviceaccounts", "ServiceAccount", "v1")
CONFIG_MAPS = Kind("configmaps", "ConfigMap", "v1")
SECRETS = Kind("secrets", "Secret", "v1")
CLAIMS = Kind("persistentvolumeclaims", "PersistentVolumeClaim", "v1")
VOLUMES = Kind("persistentvolumes", "PersistentVolume", "v1", namespaced=False)
EVENTS = Kind("events", "Event", "v1")
NAMESPACES = Kind("namespaces", "Namespace", "v1", namespaced=False)
NODES = Kind("nodes", "Node", "v1", namespaced=False)
QUOTAS = Kind("resourcequotas", "ResourceQuota", "v1")
DEPLOYMENTS = Kind("deployments", "Deployment", "apps/v1")
REPLICA_SETS = Kind("replicasets", "ReplicaSet", "apps/v1")
JOBS = Kind("jobs", "Job", "batch/v1")
CRON_JOBS = Kind("cronjobs", "CronJob", "batch/v1")
AUTOSCALERS = Kind("horizontalpodautoscalers", "HorizontalPodAutoscaler", "autoscaling/v2")
INGRESSES = Kind("ingresses", "Ingress", "networking.k8s.io/v1")
INGRESS_CLASSES = Kind("ingressclasses", "IngressClass", "networking.k8s.io/v1", namespaced=False)
NETWORK_POLICIES = Kind("networkpolicies", "NetworkPolicy", "networking.k8s.io/v1")
BUDGETS = Kind("poddisruptionbudgets", "PodDisruptionBudget", "policy/v1")
STORAGE_CLASSES = Kind("storageclasses", "StorageClass", "storage.k8s.io/v1", namespaced=False)
POD_METRICS = Kind("pods", "PodMetrics", "metrics.k8s.io/v1beta1")

KNOWN = (
    PODS,
    SERVICES,
    SERVICE_ACCOUNTS,
    CONFIG_MAPS,
    SECRETS,
    CLAIMS,
    VOLUMES,
    EVENTS,
    NAMESPACES,
    NODES,
    QUOTAS,
    DEPLOYMENTS,
    REPLICA_SETS,
    JOBS,
    CRON_JOBS,
    AUTOSCALERS,
    INGRESSES,
    INGRESS_CLASSES,
    NETWORK_POLICIES,
    BUDGETS,
    STORAGE_CLASSES,
)
BY_NAME = {(kind.api, kind.kind): kind for kind in KNOWN}

WATCHED = (
    NAMESPACES,
    DEPLOYMENTS,
    REPLICA_SETS,
    PODS,
    SERVICES,
    INGRESSES,
    CLAIMS,
    VOLUMES,
    SERVICE_ACCOUNTS,
    CONFIG_MAPS,
    CRON_JOBS,
    JOBS,
    AUTOSCALERS,
    EVENTS,
)
"""What the cache watches. Never Secrets: nothing that is kept or sent out may hold their values."""

OWNED = (DEPLOYMENTS, SERVICES, INGRESSES, AUTOSCALERS, CRON_JOBS, SECRETS, CONFIG_MAPS, BUDGETS)
"""What belongs to one deployment and is removed when a rollout no longer has it. Claims are not among them: data goes
by the user's word only."""


def labels_of(found: dict[str, Any]) -> dict[str, str]:
    """Return an object's labels."""
    return (found.get("metadata") or {}).get("labels") or {}


def name_of(found: dict[str, Any]) -> str:
    """Return an object's name."""
    return str((found.get("metadata") or {}).get("name") or "")


def namespace_of(found: dict[str, Any]) -> str:
    """Return an object's namespace, empty for cluster-wide kinds."""
    return str((found.get("metadata") or {}).get("namespace") or "")
