"""ServiceAccount."""

from __future__ import annotations

from oneclick_kubernetes import names
from oneclick_kubernetes.model.rollout import Spec
from oneclick_kubernetes.resources.objects import Object, Target


def service_account(spec: Spec, target: Target) -> Object:
    """Return the pods' account. It carries the project's label alone, since deployments share accounts by name:
    the original's vanished with the first deployment that had named it (§2.4/8, §7/12)."""
    name = names.service_account(spec.service_account_name, target.deployment)
    return target.object("v1", "ServiceAccount", name, {names.PROJECT_LABEL: target.project})
