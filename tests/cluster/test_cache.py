"""One list and watch a kind, however many look: what it keeps, what it tells, and how it comes back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from oneclick_kubernetes.cluster.cache import Cache
from oneclick_kubernetes.cluster.client import Client
from oneclick_kubernetes.cluster.kinds import (
    CONFIG_MAPS,
    EVENTS,
    NAMESPACES,
    PODS,
    SECRETS,
    WATCHED,
    Kind,
    name_of,
)
from oneclick_kubernetes.cluster.watch import Watcher
from oneclick_kubernetes.names import DEPLOYMENT_LABEL, PROJECT_LABEL

KINDS = (NAMESPACES, CONFIG_MAPS, PODS, EVENTS)


@pytest.fixture
def cache(client: Client) -> Iterator[Cache]:
    found = Cache(client, KINDS, linger=0.5)
    yield found
    found.close()


def labelled(project: str, name: str, deployment: str = "", **data: str) -> dict[str, Any]:
    labels = {PROJECT_LABEL: project, **({DEPLOYMENT_LABEL: deployment} if deployment else {})}
    metadata = {"name": name, "namespace": project, "labels": labels}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def names(found: list[dict[str, Any]]) -> set[str]:
    return {name_of(one) for one in found}


def test_secrets_are_never_watched() -> None:
    assert SECRETS not in WATCHED


def test_keeps_what_carries_the_label_and_tells_changes_in_order(
    cache: Cache, client: Client, project: str, eventually: Callable[..., Any]
) -> None:
    client.apply(labelled(project, "before", "d1"))
    store = cache.read()
    assert store is not None
    told: list[tuple[str, str]] = []

    def note(kind: Kind, change: str, found: dict[str, Any]) -> None:
        if kind is CONFIG_MAPS and found["metadata"]["namespace"] == project:
            told.append((change, name_of(found)))

    store.listen(note)
    assert names(store.select(CONFIG_MAPS, project, "d1")) == {"before"}
    client.apply(labelled(project, "fresh"))
    client.apply(labelled(project, "fresh", a="1"))
    client.apply({**labelled(project, "foreign"), "metadata": {"name": "foreign", "namespace": project}})
    client.delete(CONFIG_MAPS, "fresh", project)
    eventually(lambda: ("DELETED", "fresh") in told, 20, "the deletion")
    assert told == [("ADDED", "fresh"), ("MODIFIED", "fresh"), ("DELETED", "fresh")]
    assert names(store.select(CONFIG_MAPS, project)) == {"before"}


def test_strips_what_nobody_needs(cache: Cache, client: Client, project: str) -> None:
    wanted = labelled(project, "slim")
    wanted["metadata"]["annotations"] = {"one-click.dev/secrets-checksum": "abc", "kept": "yes"}
    client.apply(wanted)
    store = cache.read()
    assert store is not None
    found = store.get(CONFIG_MAPS, project, "slim")
    assert found is not None
    assert "managedFields" not in found["metadata"]
    assert found["metadata"]["annotations"] == {"kept": "yes"}


def test_a_hundred_readers_cost_one_watch_a_kind(cache: Cache) -> None:
    threads = [threading.Thread(target=cache.read) for _ in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(cache.watchers) == len(KINDS)
    assert {watcher.lists for watcher in cache.watchers} == {1}


def test_ends_a_while_after_the_last_reader(cache: Cache, eventually: Callable[..., Any]) -> None:
    with cache.held():
        time.sleep(0.8)
        assert cache.running
    assert cache.running
    eventually(lambda: not cache.running, 5, "the end")
    assert cache.read() is not None
    assert cache.running


def test_resumes_a_watch_that_ended_without_listing_again(
    cache: Cache, client: Client, project: str, eventually: Callable[..., Any]
) -> None:
    store = cache.read()
    assert store is not None
    watcher = next(one for one in cache.watchers if one.kind is CONFIG_MAPS)
    break_stream(watcher, eventually)
    client.apply(labelled(project, "later"))
    eventually(lambda: watcher.watches >= 2, 20, "another watch")
    eventually(lambda: store.get(CONFIG_MAPS, project, "later"), 20, "the object after the break")
    assert watcher.lists == 1


def test_lists_again_when_its_version_is_too_old_and_tells_what_was_deleted(
    cache: Cache, client: Client, project: str, eventually: Callable[..., Any]
) -> None:
    client.apply(labelled(project, "doomed"))
    store = cache.read()
    assert store is not None
    deleted: list[str] = []
    store.listen(lambda kind, change, found: deleted.append(name_of(found)) if change == "DELETED" else None)
    watcher = next(one for one in cache.watchers if one.kind is CONFIG_MAPS)
    # As if the server had forgotten: the object goes while nobody watches, and the version is one of long ago.
    watcher._version = "1"
    client.delete(CONFIG_MAPS, "doomed", project)
    eventually(lambda: "doomed" in deleted, 20, "the deletion")
    break_stream(watcher, eventually)
    client.apply(labelled(project, "other"))
    eventually(lambda: store.get(CONFIG_MAPS, project, "other"), 20, "the next object")


def break_stream(watcher: Watcher, eventually: Callable[..., Any]) -> None:
    stream = eventually(lambda: watcher._stream, 10, "a watch")
    stream.close()
