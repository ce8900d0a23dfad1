"""PersistentVolumeClaim."""

from __future__ import annotations

from oneclick_kubernetes import names
from oneclick_kubernetes.model.rollout import Spec
from oneclick_kubernetes.model.storage import Volume
from oneclick_kubernetes.resources.objects import Object, Target, filled


def claims(spec: Spec, target: Target) -> list[Object]:
    """Return a claim for each volume."""
    return [_claim(volume, target) for volume in spec.volumes]


def _claim(volume: Volume, target: Target) -> Object:
    claim = target.object("v1", "PersistentVolumeClaim", names.claim(volume.name, target.deployment))
    claim["spec"] = {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": volume.size}},
        # An empty class means "never provision"; a missing one means the cluster's default (§2.4/4).
        **filled(storageClassName=volume.storage_class),
    }
    return claim
