"""From a manifest to Kubernetes objects: pure functions, one module a kind (design.md §5).

Names, labels and content are those of contracts/one-click.md §2.2, but where they were faults.
"""

from __future__ import annotations

from oneclick_kubernetes.model.rollout import Manifest
from oneclick_kubernetes.resources.accounts import service_account
from oneclick_kubernetes.resources.autoscaler import autoscaler
from oneclick_kubernetes.resources.cronjobs import cronjobs
from oneclick_kubernetes.resources.deployment import deployment
from oneclick_kubernetes.resources.namespace import namespace_object
from oneclick_kubernetes.resources.network import ingresses, services
from oneclick_kubernetes.resources.objects import Object, Target
from oneclick_kubernetes.resources.secrets import secrets
from oneclick_kubernetes.resources.volumes import claims

__all__ = ["Object", "Target", "namespace_object", "render"]


def render(manifest: Manifest, project_id: str, deployment_id: str) -> list[Object]:
    """Return a rollout's objects in the order in which they are applied. Everything secret must be plain text here."""
    spec, target = manifest.spec, Target(project_id, deployment_id)
    return [
        service_account(spec, target),
        *claims(spec, target),
        *secrets(spec, target),
        deployment(manifest, target),
        *services(spec, target),
        *ingresses(spec, target),
        autoscaler(spec, target),
        *cronjobs(spec, target),
    ]
