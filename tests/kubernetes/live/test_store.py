"""What the cache keeps and tells, without a cluster."""

from __future__ import annotations

from typing import Any

from oneclick_kubernetes.cluster import store as module
from oneclick_kubernetes.cluster.kinds import DEPLOYMENTS, EVENTS, PODS, VOLUMES, Kind, name_of
from oneclick_kubernetes.cluster.store import Store
from oneclick_kubernetes.feed import Feed, Viewer, belongs, message
from oneclick_kubernetes.takeover import converted

PROJECT, OTHER = "bvpazitl5gprovo", "0y2vd9m7pvvnwzq"


def thing(name: str, version: int = 1, project: str = PROJECT, **labels: str) -> dict[str, Any]:
    metadata = {"name": name, "namespace": project, "uid": name, "resourceVersion": str(version)}
    return {"metadata": {**metadata, "labels": {f"one-click.dev/{key}": value for key, value in labels.items()}}}


def recorded(store: Store) -> list[tuple[str, str]]:
    told: list[tuple[str, str]] = []

    def note(_kind: Kind, change: str, found: dict[str, Any]) -> None:
        told.append((change, name_of(found)))

    store.listen(note)
    return told


def test_a_fresh_list_tells_the_difference() -> None:
    store = Store()
    told = recorded(store)
    store.replace(PODS, [thing("a"), thing("b"), thing("c")])
    store.replace(PODS, [thing("a"), thing("b", 2), thing("d")])
    assert told == [("ADDED", "a"), ("ADDED", "b"), ("ADDED", "c"), ("DELETED", "c"), ("MODIFIED", "b"), ("ADDED", "d")]


def test_a_listener_that_fails_does_not_keep_others_from_hearing() -> None:
    store = Store()

    def fail(*_: Any) -> None:
        raise RuntimeError

    store.listen(fail)
    told = recorded(store)
    store.put(PODS, thing("a"))
    assert told == [("ADDED", "a")]


def test_events_outside_of_projects_and_too_many_are_dropped(monkeypatch: Any) -> None:
    monkeypatch.setattr(module, "EVENTS_PER_PROJECT", 3)
    store = Store()
    store.put(EVENTS, thing("system", project="kube-system"))
    for number in range(5):
        store.put(EVENTS, thing(f"e{number}"))
    assert store.count() == {"events": 3}
    assert [name_of(one) for one in store.select(EVENTS, PROJECT)] == ["e2", "e3", "e4"]


def test_a_volume_belongs_to_its_claims_project() -> None:
    store = Store()
    claim = {"namespace": PROJECT, "name": f"data-{OTHER}"}
    volume = {"metadata": {"name": "pv-1", "uid": "v"}, "spec": {"claimRef": claim}}
    store.put(VOLUMES, volume)
    store.put(VOLUMES, {"metadata": {"name": "free", "uid": "f"}, "spec": {}})
    assert [name_of(one) for one in store.select(VOLUMES, PROJECT)] == ["pv-1"]
    assert belongs(VOLUMES, volume, OTHER)
    assert not belongs(VOLUMES, volume, PROJECT)


class FakeCache:
    """A cache with a store alone."""

    def __init__(self) -> None:
        self.store = Store()


def test_each_change_is_encoded_once_for_all_viewers() -> None:
    cache, encoded = FakeCache(), []

    def encode(found: Any) -> Any:
        encoded.append(found["name"])
        return found

    feed = Feed(cache, encode)  # type: ignore[arg-type]
    got: list[list[Any]] = [[] for _ in range(50)]
    cache.store.put(PODS, thing("before", deploymentId="d"))

    def viewer(inbox: list[Any], deployment: str = "") -> Viewer:
        words = frozenset({"pod"})
        return Viewer(PROJECT, deployment, words, lambda one, key: inbox.append((one, key)), lambda: None)

    viewers = [viewer(inbox) for inbox in got]
    for one in viewers:
        feed.add(one)
    cache.store.put(PODS, thing("before", 2, deploymentId="d"))
    cache.store.put(PODS, thing("elsewhere", project=OTHER))
    cache.store.put(DEPLOYMENTS, thing("not asked for"))
    assert encoded == ["before", "before"]
    assert [[one["status"] for one, _ in inbox] for inbox in got] == [["ADDED", "MODIFIED"]] * 50
    # Only a newer state of the same object may take the place of one that waits.
    assert [key for _, key in got[0]] == [None, "before"]
    for one in viewers:
        feed.remove(one)
    cache.store.put(PODS, thing("later"))
    assert len(got[0]) == 2


def test_a_deployments_viewer_gets_its_objects_and_its_cron_jobs_pods() -> None:
    assert belongs(PODS, thing("a", deploymentId="d"), "d")
    assert belongs(PODS, thing("a", cronjobOf="d"), "d")
    assert not belongs(PODS, thing("a", deploymentId="e"), "d")


def test_messages_have_the_originals_form() -> None:
    found = {**thing("a", deploymentId="d"), "kind": "Pod", "apiVersion": "v1", "status": {"phase": "Running"}}
    assert message("pod", "ADDED", found) == {
        "kind": "pod",
        "name": "a",
        "namespace": PROJECT,
        "labels": {"one-click.dev/deploymentId": "d"},
        "status": "ADDED",
        "object": {"metadata": found["metadata"], "status": {"phase": "Running"}},
    }


def test_the_original_operators_fields_become_ours_but_for_the_number_of_replicas() -> None:
    operator = {"f:spec": {"f:replicas": {}, "f:template": {"f:x": {}}}, "f:metadata": {"f:ownerReferences": {}}}
    entries = [
        {"manager": "manager", "operation": "Update", "apiVersion": "apps/v1", "fieldsV1": operator},
        {"manager": "kube-controller-manager", "operation": "Update", "subresource": "status", "fieldsV1": {}},
        {"manager": "oneclick", "operation": "Apply", "apiVersion": "apps/v1", "fieldsV1": {"f:spec": {"f:y": {}}}},
    ]
    kept, ours = converted(entries)
    assert kept["manager"] == "kube-controller-manager"
    assert (ours["manager"], ours["operation"]) == ("oneclick", "Apply")
    assert ours["fieldsV1"] == {"f:spec": {"f:template": {"f:x": {}}, "f:y": {}}, "f:metadata": {}}
    assert "f:replicas" in operator["f:spec"]
