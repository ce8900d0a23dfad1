"""The websockets of contracts/one-click.md §3.3, served from the one cache of this process."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from oneclick import SocketConnection, ValidationError, current
from oneclick.realtime import Frame
from oneclick_hooks import RecordNeed, Socket
from oneclick_kubernetes import live, names
from oneclick_kubernetes.cluster.kinds import EVENTS, Kind
from oneclick_kubernetes.cluster.store import Store, place_of
from oneclick_kubernetes.collections import DEPLOYMENTS, ROLLOUTS
from oneclick_kubernetes.errors import ClusterError, NoCluster
from oneclick_kubernetes.events import described
from oneclick_kubernetes.feed import WORDS, Viewer, extra_words, feed_of, message
from oneclick_kubernetes.logs import container_of, lines_until
from oneclick_kubernetes.parameters import read_wanted

BAD_INPUT, NOT_FOUND, AWAY = 4400, 4404, 1013
FIRST_LIST = 10.0
PROJECT_KEYS = "projectId|rolloutId"
"""The original calls the project ``rolloutId`` in two of its first messages."""


def sockets() -> tuple[Socket, ...]:
    """Return the websocket endpoints."""
    project = RecordNeed("projects", "view", "projectId")
    deployment = RecordNeed("deployments", "view", "deploymentId")
    whole = RecordNeed("projects", "view", PROJECT_KEYS)
    return (
        Socket("/ws/k8s/rollouts", watch_objects, (project, deployment)),
        Socket("/ws/k8s/deployments", watch_objects, (project, deployment)),
        Socket("/ws/k8s/logs", watch_log, (whole,)),
        Socket("/ws/k8s/events", watch_events, (whole,)),
    )


def _refuse(connection: SocketConnection, code: int, sentence: str) -> None:
    """End the connection and say why, as a message and as the reason of the close: who reads one need not the other."""
    connection.close(code, sentence, sentence)


def _text(connection: SocketConnection, name: str) -> str | None:
    """Return a text of the first message; close with 4400 when it is something else."""
    value = connection.message.get(name)
    if value is None or isinstance(value, str):
        return value or ""
    _refuse(connection, BAD_INPUT, f"{name} must be a text.")
    return None


# Objects


def watch_objects(connection: SocketConnection) -> None:
    """Send the objects of a deployment, or of a whole project, and every change of them."""
    project, deployment = _text(connection, "projectId"), _text(connection, "deploymentId")
    if project is None or deployment is None:
        return
    if not project:
        _refuse(connection, BAD_INPUT, "The first message must name projectId.")
        return
    if deployment and connection.records[DEPLOYMENTS]["project"] != project:
        _refuse(connection, NOT_FOUND, "There is no such deployment in this project.")
        return
    kinds = connection.message.get("kinds")
    words = frozenset(WORDS.values()) | (extra_words(kinds) if isinstance(kinds, list) else frozenset())
    _served(connection, lambda: _watch_objects(connection, project, deployment, words))


def _watch_objects(connection: SocketConnection, project: str, deployment: str, words: frozenset[str]) -> None:
    cache = live.of(current()).cache
    with cache.held(FIRST_LIST) as store:
        if store is None:
            _refuse(connection, AWAY, cache.problem or "The cluster does not answer.")
            return
        secrets = Secrets(project, deployment)
        viewer = Viewer(project, deployment, words, connection.send, secrets.changed.set)
        feed = feed_of(cache, Frame)
        feed.add(viewer)
        try:
            secrets.changed.set()
            while not connection.wait(0.5):
                if secrets.changed.is_set():
                    secrets.changed.clear()
                    secrets.tell(connection)
        finally:
            feed.remove(viewer)


class Secrets:
    """The names of a deployment's or project's Secrets, made from what was applied; their data is nowhere here."""

    def __init__(self, project: str, deployment: str) -> None:
        self.project, self.deployment = project, deployment
        self.changed = threading.Event()
        self._known: dict[str, dict[str, Any]] = {}

    def tell(self, connection: SocketConnection) -> None:
        """Send what came and went since the last time."""
        found = self._read()
        for name, secret in found.items():
            if name not in self._known:
                connection.send(message("secret", "ADDED", secret))
        for name, secret in self._known.items():
            if name not in found:
                connection.send(message("secret", "DELETED", secret))
        self._known = found

    def _read(self) -> dict[str, dict[str, Any]]:
        filter_, values = "project = {:project} && endDate = ''", {"project": self.project}
        if self.deployment:
            filter_, values = f"{filter_} && deployment = {{:deployment}}", {**values, "deployment": self.deployment}
        found: dict[str, dict[str, Any]] = {}
        for rollout in current().records.list(ROLLOUTS, filter_, values):
            for name, type_ in secret_names(rollout["manifest"], rollout["deployment"]):
                labels = names.selector_labels(self.project, rollout["deployment"])
                metadata = {"name": name, "namespace": self.project, "labels": labels, "uid": f"secret/{name}"}
                found[name] = {"metadata": metadata, "type": type_}
        return found


def secret_names(manifest: Mapping[str, Any], deployment: str) -> list[tuple[str, str]]:
    """Return names and types of the Secrets that a manifest makes."""
    spec = manifest.get("spec") or {}
    found = [(names.env_secret(deployment), "Opaque")] if spec.get("secrets") else []
    owners = [(deployment, spec.get("image") or {})]
    owners += [(names.cronjob(job["name"], deployment), job.get("image") or {}) for job in spec.get("cronjobs") or ()]
    pulling = [owner for owner, image in owners if image.get("username") and image.get("password")]
    return found + [(names.pull_secret(owner), "kubernetes.io/dockerconfigjson") for owner in pulling]


# Events


def watch_events(connection: SocketConnection) -> None:
    """Send the events of one object, then each new one."""
    project = _text(connection, "projectId") or _text(connection, "rolloutId")
    kind, name = _text(connection, "kind"), _text(connection, "name")
    if connection.closed.is_set():
        return
    if not project or not kind or not name:
        missing = [key for key, value in ((PROJECT_KEYS, project), ("kind", kind), ("name", name)) if not value]
        _refuse(connection, BAD_INPUT, f"The first message must name {' and '.join(missing)}.".replace("|", " or "))
        return
    _served(connection, lambda: _watch_events(connection, project, kind, name))


def _watch_events(connection: SocketConnection, project: str, kind: str, name: str) -> None:
    def wanted(event: dict[str, Any]) -> bool:
        about = event.get("involvedObject") or {}
        return about.get("kind") == kind and about.get("name") == name

    def take(of: Kind, change: str, event: dict[str, Any]) -> None:
        # An event that has expired is no news.
        if of is EVENTS and change != "DELETED" and place_of(of, event) == project and wanted(event):
            connection.send(described(event), key=(event.get("metadata") or {}).get("uid"))

    cache = live.of(current()).cache
    with cache.held(FIRST_LIST) as store:
        if store is None:
            _refuse(connection, AWAY, cache.problem or "The cluster does not answer.")
            return
        end = _listen_after(store, project, wanted, take, connection)
        try:
            connection.wait()
        finally:
            end()


def _listen_after(store: Store, project: str, wanted: Any, take: Any, connection: SocketConnection) -> Any:
    with store.lock:
        known = [described(event) for event in store.select(EVENTS, project) if wanted(event)]
        for event in sorted(known, key=lambda one: str(one["time"])):
            connection.send(event)
        return store.listen(take)


# Logs


def watch_log(connection: SocketConnection) -> None:
    """Send a pod's log from the start, or what ``tail`` and ``since`` ask for, and follow it: whole lines."""
    project = _text(connection, "projectId") or _text(connection, "rolloutId")
    pod = _text(connection, "podName")
    if connection.closed.is_set():
        return
    if not project or not pod:
        _refuse(connection, BAD_INPUT, "Error: projectId and podName must not be empty")
        return
    try:
        wanted, _ = read_wanted(project, pod, connection.message, follow=True)
    except ValidationError as error:
        sentences = [str(leaf.get("message")) for leaf in error.data.values()]
        _refuse(connection, BAD_INPUT, f"{', '.join(error.data)}: {' '.join(sentences)}")
        return

    def follow() -> None:
        found = live.of(current())
        follower = found.follow(container_of(found.client, wanted))
        for lines in lines_until(follower, connection.closed.is_set):
            connection.send(lines)
        # The log has ended; the socket stays open, as the original's does.
        connection.wait()

    _served(connection, follow)


def _served(connection: SocketConnection, serve: Any) -> None:
    try:
        serve()
    except NoCluster as error:
        _refuse(connection, AWAY, str(error))
    except ClusterError as error:
        code = NOT_FOUND if error.status == 404 else AWAY
        _refuse(connection, code, f"Error getting logs: {error.message}" if error.status == 404 else error.message)
