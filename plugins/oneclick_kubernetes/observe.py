"""What the cluster shows of one deployment, from the cache or asked directly."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from oneclick_kubernetes.cluster.budget import all_of
from oneclick_kubernetes.cluster.client import Client
from oneclick_kubernetes.cluster.kinds import CLAIMS, DEPLOYMENTS, EVENTS, PODS, REPLICA_SETS, Kind
from oneclick_kubernetes.cluster.store import Store
from oneclick_kubernetes.errors import ClusterError
from oneclick_kubernetes.names import DEPLOYMENT_LABEL

log = logging.getLogger(__name__)

_ID = re.compile(r"(?<![a-z0-9])[a-z0-9]{15}(?![a-z0-9])")
LINE_LENGTH = 300


@dataclass(slots=True)
class Seen:
    """The objects of one deployment."""

    deployment: dict[str, Any] | None = None
    replica_sets: list[dict[str, Any]] = field(default_factory=list)
    pods: list[dict[str, Any]] = field(default_factory=list)
    claims: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)


def from_store(store: Store, project: str, deployment: str) -> Seen:
    """Return what the cache shows."""
    select = partial(store.select, project=project, deployment=deployment)
    return Seen(
        deployment=store.get(DEPLOYMENTS, project, deployment),
        replica_sets=select(REPLICA_SETS),
        pods=select(PODS),
        claims=select(CLAIMS),
        events=[event for event in store.select(EVENTS, project) if deployment in deployments_of_event(event)],
    )


def from_cluster(client: Client, project: str, deployment: str) -> Seen:
    """Ask the cluster directly; events are left out."""
    selector = f"{DEPLOYMENT_LABEL}={deployment}"

    def listed(kind: Kind) -> list[dict[str, Any]]:
        return client.list(kind, project, selector)

    found, replica_sets, pods, claims = all_of(
        [
            partial(_one, client, project, deployment),
            partial(listed, REPLICA_SETS),
            partial(listed, PODS),
            partial(listed, CLAIMS),
        ]
    )
    return Seen(found[0] if found else None, replica_sets, pods, claims)


def _one(client: Client, project: str, deployment: str) -> list[dict[str, Any]]:
    found = client.get(DEPLOYMENTS, deployment, project)
    return [found] if found is not None else []


def deployments_of_event(event: dict[str, Any]) -> set[str]:
    """Return the ids that the name of an event's object holds; all names that we compose hold the deployment's."""
    return set(_ID.findall(str((event.get("involvedObject") or {}).get("name") or "")))


class LastLines:
    """The last line that a crashed container wrote, read once for each crash."""

    def __init__(self, client: Client, most: int = 1000) -> None:
        self._client = client
        self._most = most
        self._lines: dict[tuple[str, str, int], str] = {}

    def of(self, pods: list[dict[str, Any]]) -> dict[str, str]:
        """Return the lines by pod name, for pods that say nothing themselves."""
        found: dict[str, str] = {}
        for pod in pods:
            for container, restarts in _silent_crashes(pod):
                line = self._line(pod, container, restarts)
                if line:
                    found[pod["metadata"]["name"]] = line
        return found

    def _line(self, pod: dict[str, Any], container: str, restarts: int) -> str:
        metadata = pod["metadata"]
        key = (str(metadata.get("uid")), container, restarts)
        if key not in self._lines:
            if len(self._lines) >= self._most:
                self._lines.clear()
            self._lines[key] = self._read(metadata["namespace"], metadata["name"], container, restarts > 0)
        return self._lines[key]

    def _read(self, namespace: str, pod: str, container: str, previous: bool) -> str:
        query = {"container": container, "previous": "true" if previous else "", "tailLines": 1, "limitBytes": 4096}
        try:
            stream = self._client.stream(PODS.object_path(namespace, pod, "log"), query, silence=5.0)
            text = b"".join(stream.chunks()).decode("utf-8", "replace")
        except ClusterError as error:
            log.debug("No log of %s/%s: %s", namespace, pod, error)
            return ""
        return text.strip()[:LINE_LENGTH]


def _silent_crashes(pod: dict[str, Any]) -> Iterator[tuple[str, int]]:
    for status in (pod.get("status") or {}).get("containerStatuses") or ():
        last = (status.get("lastState") or {}).get("terminated") or (status.get("state") or {}).get("terminated")
        if last and last.get("exitCode") and not (last.get("message") or "").strip():
            yield str(status.get("name")), int(status.get("restartCount") or 0)
