"""HorizontalPodAutoscaler."""

from __future__ import annotations

from typing import Any

from oneclick_kubernetes.model.rollout import Spec
from oneclick_kubernetes.resources.objects import Object, Target


def autoscaler(spec: Spec, target: Target) -> Object:
    """Return the autoscaler: up at once, down after five quiet minutes (contracts/one-click.md §2.5)."""
    scale = spec.horizontal_scale
    rendered = target.object("autoscaling/v2", "HorizontalPodAutoscaler", target.deployment)
    cpu = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": scale.target_cpu}}
    rendered["spec"] = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": target.deployment},
        "minReplicas": scale.min_replicas,
        "maxReplicas": scale.max_replicas,
        "metrics": [{"type": "Resource", "resource": cpu}],
        "behavior": {"scaleUp": _behavior(0, 15), "scaleDown": _behavior(300, 60)},
    }
    return rendered


def _behavior(window: int, period: int) -> dict[str, Any]:
    return {
        "stabilizationWindowSeconds": window,
        "selectPolicy": "Max",
        "policies": [{"type": "Percent", "value": 100, "periodSeconds": period}],
    }
