"""Asking the cluster before anything is stored: would it take these objects, and one pod of them?

Quotas, limits, Pod Security and webhooks on pods answer only when a pod is created, so one is tried (dry run).
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from oneclick_kubernetes.apply import least_replicas
from oneclick_kubernetes.cluster.budget import together
from oneclick_kubernetes.cluster.client import Client
from oneclick_kubernetes.cluster.kinds import DEPLOYMENTS, PODS, QUOTAS, name_of, namespace_of
from oneclick_kubernetes.errors import ClusterError, Conflict, Unreachable
from oneclick_kubernetes.names import DEPLOYMENT_LABEL
from oneclick_kubernetes.quota import refusal
from oneclick_kubernetes.refusals import refused
from oneclick_kubernetes.takeover import from_original

DEFAULT_ACCOUNT = "default"
EXCEEDED = "exceeded quota"


def check(
    client: Client,
    project: str,
    deployment: str,
    objects: Sequence[dict[str, Any]],
    manifest: Mapping[str, Any],
    force: bool = False,
) -> None:
    """Raise ``ValidationError`` with the API server's sentences when it would refuse any of the objects.

    ``manifest`` is what they were made from; it tells which field stands behind an object. Raises ``Unreachable`` when
    the cluster does not answer: then nothing is known.
    """
    pod = pod_of(objects)
    calls: list[Any] = [partial(_dry_run, client, wanted, force) for wanted in objects]
    calls += [partial(_try_pod, client, pod), partial(client.list, QUOTAS, project)]
    results = together(calls)
    quotas, tried = results.pop(), results.pop()
    found = [(one, result) for one, result in zip(objects, results, strict=True) if isinstance(result, ClusterError)]
    for result in (*results, tried, quotas):
        if isinstance(result, Exception) and not _is_answer(result):
            raise result
    full = isinstance(tried, ClusterError) and EXCEEDED in tried.message
    if isinstance(tried, ClusterError) and not (full and makes_room(objects)):
        found.append((pod, tried))
    if not found and isinstance(quotas, list) and quotas:
        made = tried if isinstance(tried, dict) else pod
        over = _over_quota(client, project, deployment, quotas, made, objects)
        found += [(pod, over)] if over else []
    if found:
        raise refused(found, manifest, deployment)


def makes_room(objects: Sequence[dict[str, Any]]) -> bool:
    """Tell whether pods go before others come, so that a full quota need not stop the rollout."""
    wanted = next(one for one in objects if one.get("kind") == DEPLOYMENTS.kind)
    if wanted["spec"].get("strategy", {}).get("type") == "Recreate":
        return True
    # A quarter of the pods may be away, rounded down.
    return least_replicas(objects) >= 4


def pod_of(objects: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the pod that the Deployment among the objects would make."""
    wanted = next(one for one in objects if one.get("kind") == DEPLOYMENTS.kind)
    template = copy.deepcopy(wanted["spec"]["template"])
    metadata = {**template.get("metadata", {}), "namespace": namespace_of(wanted)}
    metadata["generateName"] = f"{name_of(wanted)}-"
    return {"apiVersion": "v1", "kind": PODS.kind, "metadata": metadata, "spec": template["spec"]}


def _is_answer(error: Exception) -> bool:
    return isinstance(error, ClusterError) and not isinstance(error, Unreachable)


def _dry_run(client: Client, wanted: dict[str, Any], force: bool) -> dict[str, Any]:
    try:
        return client.apply(wanted, dry_run=True, force=force)
    except Conflict:
        live = client.get(client.kind_of(wanted), name_of(wanted), namespace_of(wanted))
        if live is None or not from_original(live):
            raise
        # The original's operator made it: it is ours by contract and will be taken over.
        return client.apply(wanted, dry_run=True, force=True)


def _try_pod(client: Client, pod: dict[str, Any]) -> dict[str, Any]:
    try:
        return client.create(pod, dry_run=True)
    except ClusterError as error:
        if not _lacks_account(error, pod):
            raise
    # The pod's account is made with the rollout; until then the namespace's own stands in for it.
    stand_in = {**pod, "spec": {**pod["spec"], "serviceAccountName": DEFAULT_ACCOUNT}}
    try:
        return client.create(stand_in, dry_run=True)
    except ClusterError as error:
        if _lacks_account(error, stand_in):
            return pod
        raise


def _lacks_account(error: ClusterError, pod: Mapping[str, Any]) -> bool:
    account = pod["spec"].get("serviceAccountName") or DEFAULT_ACCOUNT
    return (
        error.status == 403 and "serviceaccount" in error.message.lower() and f'"{account}" not found' in error.message
    )


def _over_quota(
    client: Client,
    project: str,
    deployment: str,
    quotas: list[dict[str, Any]],
    pod: dict[str, Any],
    objects: Sequence[dict[str, Any]],
) -> ClusterError | None:
    own = client.list(PODS, project, f"{DEPLOYMENT_LABEL}={deployment}")
    found = refusal(quotas, pod, least_replicas(objects), own)
    if found is None:
        return None
    resource, sentence = found
    field = "" if resource == "pods" else f"spec.containers[0].resources.{_section(resource)}"
    return ClusterError(sentence, 403, "Forbidden", ((field, sentence),))


def _section(resource: str) -> str:
    section, _, name = resource.rpartition(".")
    return f"{section or 'requests'}.{name}"
