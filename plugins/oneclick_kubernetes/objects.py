"""Looking into Kubernetes objects, which are plain JSON data in which any part may be missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from oneclick_kubernetes.names import CRONJOB_LABEL

Object = Mapping[str, Any]

_REVISION = "deployment.kubernetes.io/revision"
_JOB_LABELS = (CRONJOB_LABEL, "batch.kubernetes.io/job-name", "job-name")


def metadata(found: Object) -> Mapping[str, Any]:
    """Return an object's metadata."""
    return found.get("metadata") or {}


def name_of(found: Object) -> str:
    """Return an object's name."""
    return str(metadata(found).get("name") or "")


def status_of(found: Object) -> Mapping[str, Any]:
    """Return an object's status."""
    return found.get("status") or {}


def number(found: Object, part: str, name: str) -> int:
    """Return a number out of a part of an object, 0 where it is missing (Kubernetes leaves zeros out)."""
    return int((found.get(part) or {}).get(name) or 0)


def condition(found: Object, type_: str) -> Mapping[str, Any]:
    """Return a condition of an object by its type, empty without one."""
    return next((item for item in status_of(found).get("conditions") or () if item.get("type") == type_), {})


def is_ready(pod: Object) -> bool:
    """Tell whether a pod is ready."""
    return condition(pod, "Ready").get("status") == "True"


def is_cron_pod(pod: Object) -> bool:
    """Tell whether a pod belongs to a job; those that the original's operator made carry the app's labels too."""
    labels = metadata(pod).get("labels") or {}
    owners = metadata(pod).get("ownerReferences") or ()
    return any(label in labels for label in _JOB_LABELS) or any(owner.get("kind") == "Job" for owner in owners)


def is_finished(pod: Object) -> bool:
    """Tell whether a pod has ended for good and only its record remains."""
    return status_of(pod).get("phase") in ("Succeeded", "Failed")


def app_pods(pods: Iterable[Object]) -> list[Object]:
    """Return the pods that run the app: no cron job's, and none that has ended."""
    return [pod for pod in pods if not is_cron_pod(pod) and not is_finished(pod)]


def current_replica_set(deployment: Object, replica_sets: Sequence[Object]) -> Object | None:
    """Return the ReplicaSet of the Deployment's current template: the one that carries the Deployment's revision."""
    owned = [item for item in replica_sets if _owned_by(item, deployment)]
    revision = _revision(deployment)
    named = [item for item in owned if revision and _revision(item) == revision]
    return max(named or owned, key=_revision, default=None)


def current_pods(pods: Iterable[Object], replica_set: Object | None) -> list[Object]:
    """Return the app's pods of the current template that are not on their way out; all when it is not known."""
    alive = [pod for pod in pods if not is_cron_pod(pod) and not metadata(pod).get("deletionTimestamp")]
    return alive if replica_set is None else [pod for pod in alive if _owned_by(pod, replica_set)]


def _owned_by(found: Object, owner: Object) -> bool:
    uid = metadata(owner).get("uid")
    references = metadata(found).get("ownerReferences") or ()
    return any(item.get("uid") == uid if uid else item.get("name") == name_of(owner) for item in references)


def _revision(found: Object) -> int:
    text = str((metadata(found).get("annotations") or {}).get(_REVISION) or "")
    return int(text) if text.isdigit() else 0
