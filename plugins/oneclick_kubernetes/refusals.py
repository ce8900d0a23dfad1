"""From the API server's field in an object to the manifest's field that a person wrote."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from oneclick.errors import FieldErrors, ValidationError, field_error
from oneclick_kubernetes.errors import ClusterError, Conflict

CODE = "validation_cluster_refused"
CONFLICT_CODE = "validation_cluster_conflict"

_POD = r"^(spec\.template\.|spec\.jobTemplate\.spec\.template\.)?"
_IN_POD: Sequence[tuple[re.Pattern[str], tuple[str, ...]]] = tuple(
    (re.compile(_POD + pattern), tuple(path.split(".")))
    for pattern, path in (
        (r"spec\.containers\[\d+\]\.resources\.(requests|limits)[.\[](cpu|memory)", r"resources.\2.\3"),
        (r"spec\.containers\[\d+\]\.resources\.(requests|limits)", r"resources.\2"),
        (r"spec\.containers\[\d+\]\.resources", "resources"),
        (r"spec\.containers\[\d+\]\.image", "image"),
        (r"spec\.containers\[\d+\]\.env\[(\d+)\]", r"env.\2"),
        (r"spec\.containers\[\d+\]\.command", "command"),
        (r"spec\.containers\[\d+\]\.args", "args"),
        (r"spec\.containers\[\d+\]\.securityContext", "securityContext"),
        (r"spec\.containers\[\d+\]\.ports", "interfaces"),
        (r"spec\.containers\[\d+\]\.volumeMounts\[(\d+)\]", r"volumes.\2"),
        (r"spec\.securityContext", "securityContext"),
        (r"spec\.nodeSelector", "nodeSelector"),
        (r"spec\.tolerations\[(\d+)\]", r"tolerations.\2"),
        (r"spec\.hostAliases\[(\d+)\]", r"hostAliases.\2"),
        (r"spec\.volumes\[(\d+)\]", r"volumes.\2"),
        (r"spec\.serviceAccountName", "serviceAccountName"),
    )
)
_SECTIONS = {
    "ServiceAccount": "serviceAccountName",
    "PersistentVolumeClaim": "volumes",
    "Service": "interfaces",
    "Ingress": "interfaces",
    "HorizontalPodAutoscaler": "horizontalScale",
    "CronJob": "cronjobs",
    "Secret": "secrets",
}
_SUFFIXES = {"Service": "svc", "Ingress": "ingress"}


def refused(
    found: Sequence[tuple[Mapping[str, Any], ClusterError]], manifest: Mapping[str, Any], deployment: str
) -> ValidationError:
    """Return the 400 for what the cluster said of some objects: its own sentences, at the manifest's fields."""
    data: FieldErrors = {}
    for wanted, error in found:
        code = CONFLICT_CODE if isinstance(error, Conflict) else CODE
        for field, sentence in error.causes or (("", error.message),):
            path = path_of(wanted, field, manifest, deployment)
            # A field's own cause is short ("Required value"); the whole sentence is in the message.
            _put(data, ("manifest", *path), field_error(code, sentence or error.message))
    message = found[0][1].message if found else "The cluster refused the rollout."
    return ValidationError(data, f"The cluster refused the rollout: {message}")


def path_of(wanted: Mapping[str, Any], field: str, manifest: Mapping[str, Any], deployment: str) -> tuple[str, ...]:
    """Return the path below the manifest that stands for ``field`` of an object."""
    kind = str(wanted.get("kind") or "")
    if kind in ("Deployment", "Pod"):
        return ("spec", *_in_pod(field.lstrip(".")))
    section = _SECTIONS.get(kind)
    if section is None:
        return ("spec",)
    index = _index(kind, section, str((wanted.get("metadata") or {}).get("name") or ""), manifest, deployment)
    return ("spec", section) if index is None else ("spec", section, str(index))


def _in_pod(field: str) -> tuple[str, ...]:
    for pattern, path in _IN_POD:
        match = pattern.match(field)
        if match:
            return tuple(match.expand(step) for step in path)
    return ()


def _index(kind: str, section: str, name: str, manifest: Mapping[str, Any], deployment: str) -> int | None:
    items = (manifest.get("spec") or {}).get(section)
    if not isinstance(items, (list, tuple)):
        return None
    suffix = _SUFFIXES.get(kind)
    for index, item in enumerate(items):
        composed = f"{item.get('name')}-{deployment}" if isinstance(item, Mapping) else ""
        if name == (f"{composed}-{suffix}" if suffix else composed):
            return index
    return None


def _put(data: FieldErrors, path: tuple[str, ...], leaf: FieldErrors) -> None:
    """Put a leaf at its path, unless something is said there or above already."""
    node = data
    for step in path[:-1]:
        node = node.setdefault(step, {})
        if "code" in node:
            return
    if not node.get(path[-1]):
        node[path[-1]] = leaf
