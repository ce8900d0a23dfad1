"""Taking over in place what the original's operator made (contracts/one-click.md §2.2).

Its fields are ours by contract. Forcing an apply is not enough: fields that we do not send would stay for ever, and the
owner reference would let the garbage collector delete the object together with the operator's custom resource. So the
operator's entry in ``managedFields`` becomes ours, as if we had applied it; the next apply removes what it no longer
sends. ``spec.replicas`` is given to nobody: dropping it would reset a Deployment to one pod (kubernetes.md, fact 2).
"""

from __future__ import annotations

import copy
from typing import Any

from oneclick_kubernetes.cluster.client import MANAGER, Client
from oneclick_kubernetes.cluster.kinds import Kind, name_of, namespace_of
from oneclick_kubernetes.errors import Conflict, Missing

ORIGINAL_API = "one-click.dev/"
CONTROLLERS = ("kube-controller-manager", "kube-scheduler", "kubelet", "kwok")
ATTEMPTS = 5


def from_original(live: dict[str, Any]) -> bool:
    """Tell whether the original's operator made an object: its custom resource owns it."""
    return any(_is_original(owner) for owner in (live.get("metadata") or {}).get("ownerReferences") or ())


def take_over(client: Client, kind: Kind, live: dict[str, Any]) -> None:
    """Make an object ours. Tried again when somebody changes it meanwhile."""
    name, namespace = name_of(live), namespace_of(live)
    for attempt in range(ATTEMPTS):
        found = client.get(kind, name, namespace)
        if found is None or not from_original(found):
            return
        metadata = found["metadata"]
        body = {
            "metadata": {
                "resourceVersion": metadata["resourceVersion"],
                "ownerReferences": [one for one in metadata["ownerReferences"] if not _is_original(one)] or None,
                "managedFields": converted(metadata.get("managedFields") or []),
            }
        }
        try:
            client.patch(kind, name, namespace, body)
        except Conflict:
            if attempt == ATTEMPTS - 1:
                raise
        except Missing:
            return
        else:
            return


def converted(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return ``managedFields`` with the entries of whoever updated the object turned into one applied by us."""
    kept: list[dict[str, Any]] = []
    ours: dict[str, dict[str, Any]] = {}
    for entry in entries:
        updated = entry.get("operation") == "Update" and not entry.get("subresource")
        applied = entry.get("operation") == "Apply" and entry.get("manager") == MANAGER
        if applied or (updated and entry.get("manager") not in CONTROLLERS):
            _merge(ours.setdefault(str(entry.get("apiVersion")), {}), copy.deepcopy(entry.get("fieldsV1") or {}))
        else:
            kept.append(entry)
    for api, fields in ours.items():
        fields.get("f:spec", {}).pop("f:replicas", None)
        fields.get("f:metadata", {}).pop("f:ownerReferences", None)
        kept.append(
            {"manager": MANAGER, "operation": "Apply", "apiVersion": api, "fieldsType": "FieldsV1", "fieldsV1": fields}
        )
    return kept


def _is_original(owner: dict[str, Any]) -> bool:
    return owner.get("kind") == "Rollout" and str(owner.get("apiVersion", "")).startswith(ORIGINAL_API)


def _merge(into: dict[str, Any], more: dict[str, Any]) -> None:
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value
