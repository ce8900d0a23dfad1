"""Secrets, config maps and claims that a pod needs before it can start."""

from __future__ import annotations

from collections.abc import Iterator

from oneclick_demo_cluster.machinery import kinds
from oneclick_demo_cluster.machinery.objects import Obj, dig, namespace_of
from oneclick_demo_cluster.machinery.store import Store


def missing_volume(store: Store, pod: Obj) -> str:
    """Return what stops a volume from being mounted; empty when nothing does."""
    for volume in dig(pod, "spec", "volumes", default=()):
        for kind, word, field, key in (
            (kinds.SECRETS, "secret", "secret", "secretName"),
            (kinds.CONFIG_MAPS, "configmap", "configMap", "name"),
        ):
            source = volume.get(field)
            if source is None or source.get("optional"):
                continue
            name = source.get(key, "")
            if store.get(kind, namespace_of(pod), name) is None:
                return f'MountVolume.SetUp failed for volume "{volume["name"]}" : {word} "{name}" not found'
    return ""


def missing_reference(store: Store, pod: Obj, container: Obj) -> str:
    """Return what stops a container's environment from being made; empty when nothing does."""
    for kind, word, reference in _references(container):
        if reference.get("optional"):
            continue
        found = store.get(kind, namespace_of(pod), reference.get("name", ""))
        if found is None:
            return f'{word} "{reference.get("name", "")}" not found'
        key = reference.get("key")
        if key is not None and key not in (found.get("data") or {}):
            where = f"{'Secret' if kind is kinds.SECRETS else 'ConfigMap'} {namespace_of(pod)}/{reference['name']}"
            return f"couldn't find key {key} in {where}"
    return ""


def _references(container: Obj) -> Iterator[tuple[kinds.Kind, str, Obj]]:
    for entry in container.get("envFrom") or ():
        for kind, word, field in (
            (kinds.SECRETS, "secret", "secretRef"),
            (kinds.CONFIG_MAPS, "configmap", "configMapRef"),
        ):
            if field in entry:
                yield kind, word, entry[field]
    for entry in container.get("env") or ():
        source = entry.get("valueFrom") or {}
        if "secretKeyRef" in source:
            yield kinds.SECRETS, "secret", source["secretKeyRef"]
        if "configMapKeyRef" in source:
            yield kinds.CONFIG_MAPS, "configmap", source["configMapKeyRef"]
