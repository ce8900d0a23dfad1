"""Parts that need no process: the arithmetic of rollouts, quantities, patches, schedules, what is kept and what not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oneclick_demo_cluster.controllers import build, cronjobs, housekeeping, rollout
from oneclick_demo_cluster.controllers.base import Cluster
from oneclick_demo_cluster.controllers.containers import full_image, image_id
from oneclick_demo_cluster.controllers.events import Recorder
from oneclick_demo_cluster.machinery import kinds, quantities
from oneclick_demo_cluster.machinery.objects import time_text
from oneclick_demo_cluster.machinery.patches import strategic_patch
from oneclick_demo_cluster.machinery.store import CHANGES_KEPT, Store
from oneclick_demo_cluster.machinery.writes import Options, Writer
from oneclick_demo_cluster.programs import is_missing, tag_of
from oneclick_demo_cluster.server.messages import Request
from oneclick_demo_cluster.server.watching import watch


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("0.5", "500m"),
        ("1000m", "1"),
        ("1024Mi", "1Gi"),
        ("1.5Gi", "1536Mi"),
        ("100", "100"),
        ("1e3", "1e3"),
        ("0", "0"),
        (1, "1"),
        ("512Ki", "512Ki"),
        ("2000M", "2G"),
    ],
)
def test_quantities_are_written_as_the_original_does(text: Any, canonical: str) -> None:
    assert quantities.canonical(text) == canonical
    assert quantities.parse(canonical) == quantities.parse(text)


@pytest.mark.parametrize("text", ["", "abc", "1 Gi", "1gi", "--1", "1e99", True, None, []])
def test_what_is_no_quantity(text: Any) -> None:
    with pytest.raises(quantities.QuantityError):
        quantities.parse(text)


def replica_set(name: str, replicas: int, available: int) -> dict[str, Any]:
    return {"metadata": {"name": name}, "spec": {"replicas": replicas}, "status": {"availableReplicas": available}}


@given(
    st.integers(0, 12),
    st.sampled_from([("25%", "25%"), (1, 0), (0, 1), ("100%", 0), (2, "50%")]),
    st.integers(0, 12),
    st.integers(0, 12),
    st.integers(0, 12),
)
def test_a_rollout_ends_and_never_drops_below_its_bounds(
    desired: int, bounds: tuple[Any, Any], old: int, new: int, broken: int
) -> None:
    """Pods come up one step later; some of the old ones never were available."""
    rolling = {"maxSurge": bounds[0], "maxUnavailable": bounds[1]}
    deployment = {"spec": {"replicas": desired, "strategy": {"type": "RollingUpdate", "rollingUpdate": rolling}}}
    least, most = desired - rollout.unavailable(deployment), desired + rollout.surge(deployment)
    sets = {"new": replica_set("new", new, new), "old": replica_set("old", old, max(0, old - broken))}
    for _ in range(60):
        before = sum(entry["status"]["availableReplicas"] for entry in sets.values())
        total = sum(entry["spec"]["replicas"] for entry in sets.values())
        plan = list(rollout.rolling_plan(deployment, sets["new"], [sets["old"]]))
        for entry, replicas in plan:
            # Who is not available goes first.
            entry["spec"]["replicas"] = replicas
            entry["status"]["availableReplicas"] = min(entry["status"]["availableReplicas"], replicas)
        after = sum(entry["status"]["availableReplicas"] for entry in sets.values())
        assert after >= min(before, least)
        assert sum(entry["spec"]["replicas"] for entry in sets.values()) <= max(total, most)
        sets["new"]["status"]["availableReplicas"] = sets["new"]["spec"]["replicas"]
    assert (sets["new"]["spec"]["replicas"], sets["old"]["spec"]["replicas"]) == (desired, 0)


def test_strategic_patches() -> None:
    live = {
        "containers": [{"name": "a", "image": "1"}, {"name": "b", "image": "1"}],
        "finalizers": ["x"],
        "args": ["1"],
    }
    patch = {
        "containers": [{"name": "b", "$patch": "delete"}, {"name": "c", "image": "2"}],
        "finalizers": ["y"],
        "args": ["2"],
    }
    merged = strategic_patch(live, patch)
    assert [entry["name"] for entry in merged["containers"]] == ["c", "a"]
    assert (merged["finalizers"], merged["args"]) == (["x", "y"], ["2"])
    assert strategic_patch(live, {"$patch": "replace", "z": 1}) == {"z": 1}
    assert "finalizers" not in strategic_patch(live, {"$deleteFromPrimitiveList/finalizers": ["x"], "finalizers": None})


def test_images() -> None:
    assert tag_of("nginx") == "latest"
    assert tag_of("localhost:5000/a/b:1@sha256:00") == "1"
    assert is_missing("a/missing-b:1") is False
    assert is_missing("a/b:1-missing") is True
    assert full_image("nginx") == "docker.io/library/nginx:latest"
    assert full_image("ghcr.io/a/b:1") == "ghcr.io/a/b:1"
    assert full_image("a/b@sha256:00") == "docker.io/a/b@sha256:00"
    assert image_id("a/b:1@sha256:00") == "docker.io/a/b@sha256:00"


@pytest.fixture
def writer() -> Writer:
    writer = Writer(Store())
    writer.create(kinds.NAMESPACES, "", {"metadata": {"name": "n"}}, Options())
    return writer


def configmap(writer: Writer, count: int) -> None:
    writer.create(kinds.CONFIG_MAPS, "n", {"metadata": {"name": "c"}}, Options())
    for number in range(count):
        writer.change(kinds.CONFIG_MAPS, "n", "c", lambda obj, number=number: obj.update(data={"n": str(number)}))


def test_old_changes_are_forgotten(writer: Writer) -> None:
    version = writer.store.version
    request = Request.build("GET", f"/x?resourceVersion={version}&timeoutSeconds=1", {}, b"")
    stream = watch(writer.store, kinds.CONFIG_MAPS, "", "", request).stream
    assert stream is not None
    configmap(writer, 3 * CHANGES_KEPT)
    log = writer.store.log(kinds.CONFIG_MAPS)
    assert len(log.entries) < 2 * CHANGES_KEPT
    assert log.position_after(version) is None
    assert b'"code":410' in b"".join(stream)


def test_old_events_go(writer: Writer) -> None:
    cluster = Cluster(writer.store, writer, Recorder(writer.store, writer))
    namespace = writer.live(kinds.NAMESPACES, "", "n")
    namespace = {**namespace, "metadata": {**namespace["metadata"], "namespace": "n"}}
    for reason in ("Old", "New", "New"):
        cluster.recorder.normal(kinds.NAMESPACES, namespace, reason, "text", "test")
    events = writer.store.list(kinds.EVENTS, "n")
    assert sorted((event["reason"], event["count"]) for event in events) == [("New", 2), ("Old", 1)]
    old = next(event for event in events if event["reason"] == "Old")
    before = time_text(datetime.now(UTC) - timedelta(hours=2))
    writer.change(kinds.EVENTS, "n", old["metadata"]["name"], lambda obj: obj.update(lastTimestamp=before))
    housekeeping.Housekeeping(cluster).reconcile(housekeeping.EVENTS_KEY)
    assert [event["reason"] for event in writer.store.list(kinds.EVENTS, "n")] == ["New"]


def cron(schedule: str, age: timedelta, **spec: Any) -> dict[str, Any]:
    created = time_text(datetime.now(UTC) - age)
    return {"metadata": {"name": "c", "creationTimestamp": created}, "spec": {"schedule": schedule, **spec}}


def test_only_the_latest_missed_time_counts() -> None:
    due, following = cronjobs._times(cron("*/5 * * * *", timedelta(days=400)))
    assert due is not None
    assert timedelta(0) <= datetime.now(UTC) - due < timedelta(minutes=5)
    assert following - due == timedelta(minutes=5)
    assert cronjobs._times(cron("0 0 1 1 *", timedelta(seconds=1)))[0] is None


def test_schedules_follow_their_time_zone() -> None:
    _, utc = cronjobs._times(cron("0 12 * * *", timedelta(0)))
    _, tokyo = cronjobs._times(cron("0 12 * * *", timedelta(0), timeZone="Asia/Tokyo"))
    assert utc.hour == 12
    assert tokyo.astimezone(UTC).hour == 3


def test_a_missed_start_is_not_made_up_for() -> None:
    late = cron("0 0 1 1 *", timedelta(days=1), startingDeadlineSeconds=60)
    assert cronjobs._is_late(late, datetime.now(UTC) - timedelta(minutes=2))
    assert not cronjobs._is_late(late, datetime.now(UTC))


def test_every_controller_has_its_own_name(writer: Writer) -> None:
    names = [controller.name for controller in build(writer.store, writer)]
    assert len(set(names)) == len(names)
