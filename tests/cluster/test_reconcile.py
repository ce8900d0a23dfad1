"""The cluster becomes what the database says, whatever happened before: crashes, outages, other people's hands."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from kit_app import Installation, build_app, manifest

from oneclick_hooks import hookimpl
from oneclick_kubernetes import live, loops, outbox, phases
from oneclick_kubernetes.cluster.client import Client
from oneclick_kubernetes.cluster.kinds import AUTOSCALERS, CLAIMS, DEPLOYMENTS, NAMESPACES, SECRETS, SERVICES, name_of
from oneclick_kubernetes.reconcile import reconcile
from oneclick_kubernetes.routes import _status

KINDS = (DEPLOYMENTS, SERVICES, AUTOSCALERS, SECRETS, CLAIMS)


class Killed(BaseException):
    """What stands for ``kill -9`` within a test: nothing catches it."""


def full(tag: str) -> dict[str, Any]:
    return manifest(tag, secrets=[{"name": "TAG", "value": tag}])


def state(client: Client, project: str, deployment: str) -> dict[str, Any]:
    """Return what the deployment has in the cluster: names by kind, and the image's tag."""
    selector = f"one-click.dev/deploymentId={deployment}"
    names = {kind.plural: {name_of(one) for one in client.list(kind, project, selector)} for kind in KINDS}
    found = client.get(DEPLOYMENTS, deployment, project)
    tag = found["spec"]["template"]["spec"]["containers"][0]["image"].rpartition(":")[2] if found else ""
    return {**names, "tag": tag}


def expected(deployment: str, tag: str) -> dict[str, Any]:
    return {
        "deployments": {deployment},
        "services": {f"http-{deployment}-svc"},
        "horizontalpodautoscalers": {deployment},
        "secrets": {f"{deployment}-secrets"},
        "persistentvolumeclaims": set(),
        "tag": tag,
    }


@contextmanager
def scheduler(app: Any) -> Iterator[None]:
    """Run the leading scheduler's loops."""
    stop = threading.Event()
    threads = [
        threading.Thread(target=loop, args=(stop,), name=name, daemon=True) for name, loop in loops.loops(app).items()
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(20)
        assert not any(thread.is_alive() for thread in threads)


@pytest.mark.parametrize("point", ["after the commit", "first object", "last object", "before the end is written"])
def test_killed_anywhere_the_next_process_goes_on(
    installation: Installation,
    client: Client,
    point: str,
    kubeconfig: Path,
    redis_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = installation.app
    project, deployment = installation.deployment()
    installation.roll_out(project, deployment, full("1.27"))

    def die(*_: Any, **__: Any) -> None:
        raise Killed

    def on_object(app: Any, rollout: Any, applied: Any, position: int, total: int) -> None:
        if position == (1 if point == "first object" else total):
            raise Killed

    if point == "after the commit":
        monkeypatch.setattr("oneclick_kubernetes.write_path.reconcile.reconcile", die)
    elif point == "before the end is written":
        monkeypatch.setattr("oneclick_kubernetes.outbox.done", die)
    else:
        plugin = SimpleNamespace(on_rollout_object_applied=hookimpl(on_object))
        app.plugins.register("assassin", "test", lambda: plugin)
    with pytest.raises(Killed):
        installation.roll_out(project, deployment, full("1.28"))
    monkeypatch.undo()
    running = [rollout for rollout in installation.rollouts(deployment) if not rollout["endDate"]]
    assert [rollout["manifest"]["spec"]["image"]["tag"] for rollout in running] == ["1.28"]
    row = outbox.read(app, deployment)
    assert row is not None
    assert row.pending
    other = build_other(tmp_path, redis_url, kubeconfig)
    try:
        assert reconcile(other, deployment, wait=5)
        assert state(client, project, deployment) == expected(deployment, "1.28")
        assert not outbox.read(other, deployment).pending
    finally:
        live.close(other)


def build_other(data: Path, redis_url: str, kubeconfig: Path) -> Any:
    """Return another process's application on the same database."""
    from kit_app import config_for

    # A lock of the killed process would have to run out first; a test does not wait for that.
    from redis import Redis

    from oneclick.core import build

    Redis.from_url(redis_url).flushall()
    return build(config_for(data, redis_url, kubeconfig))


def test_without_a_cluster_a_rollout_waits_and_comes_when_it_is_back(
    client: Client, kubeconfig: Path, redis_url: str, tmp_path: Path, eventually: Callable[..., Any]
) -> None:
    path = tmp_path / "kubeconfig"
    path.write_text(kubeconfig.read_text())
    with build_app(tmp_path / "data", redis_url, path) as installation:
        project, deployment = installation.deployment()
        away(path)
        rollout = installation.roll_out(project, deployment, full("1.27"))
        assert rollout["phase"] == "pending"
        assert "cluster" in rollout["message"]
        live.close(installation.app)
        found = installation.rollout(rollout.id)
        status = _status(installation.app, project, deployment, found)
        assert (status["phase"], status["deployment"]["status"]) == ("pending", "Pending")
        with scheduler(installation.app):
            assert installation.rollout(rollout.id)["phase"] == "pending"
            path.write_text(kubeconfig.read_text())
            eventually(lambda: installation.rollout(rollout.id)["phase"] == "healthy", 60, "the rollout")
        assert state(client, project, deployment) == expected(deployment, "1.27")


def away(path: Path) -> None:
    path.write_text(
        "{apiVersion: v1, kind: Config, current-context: c, clusters: [{name: c, cluster: {server: 'http://127.0.0.1:9'}}],"
        " contexts: [{name: c, context: {cluster: c, user: u}}], users: [{name: u, user: {token: t}}]}"
    )


def test_loops_tell_health_on_change_only_and_repair(
    installation: Installation, client: Client, eventually: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loops, "DRIFT_SECONDS", 0.2)
    monkeypatch.setattr(loops, "DRIFT_AGAIN_SECONDS", 0.5)
    project, deployment = installation.deployment()
    told: list[tuple[str, str]] = []
    installation.app.records.on_committed.append(
        lambda action, record: (
            told.append((record["phase"], record["message"])) if record.collection.name == "rollouts" else None
        )
    )
    with scheduler(installation.app):
        rollout = installation.roll_out(project, deployment, full("1.27"))
        eventually(lambda: installation.rollout(rollout.id)["phase"] == "healthy", 60, "healthy")
        # The commit is seen before it is told.
        eventually(lambda: told and told[-1][0] == "healthy", 5, "the news")
        written = len(told)
        client.delete(SERVICES, f"http-{deployment}-svc", project)
        eventually(lambda: client.get(SERVICES, f"http-{deployment}-svc", project), 30, "the service again")
        client.delete(DEPLOYMENTS, deployment, project)
        eventually(lambda: state(client, project, deployment) == expected(deployment, "1.27"), 30, "the deployment")
        eventually(lambda: installation.rollout(rollout.id)["phase"] == "healthy", 60, "healthy again")
    assert [phase for phase, _ in told[:written]].count("healthy") == 1
    assert all(one != other for one, other in itertools.pairwise(told))


def test_somebody_elses_change_is_shown_and_not_undone(
    installation: Installation, client: Client, eventually: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loops, "DRIFT_SECONDS", 0.2)
    project, deployment = installation.deployment()
    with scheduler(installation.app):
        rollout = installation.roll_out(project, deployment, full("1.27"))
        eventually(lambda: installation.rollout(rollout.id)["phase"] == "healthy", 60, "healthy")
        theirs = {"spec": {"ports": [{"name": "http", "port": 80, "targetPort": 8080, "protocol": "TCP"}]}}
        path = SERVICES.path(project, f"http-{deployment}-svc")
        client.request("PATCH", path, {"fieldManager": "kubectl-edit"}, theirs, "application/merge-patch+json")
        eventually(lambda: "kubectl-edit" in installation.rollout(rollout.id)["message"], 60, "the conflict")
    assert installation.rollout(rollout.id)["phase"] == "healthy"
    found = client.get(SERVICES, f"http-{deployment}-svc", project)
    assert found is not None
    assert found["spec"]["ports"][0]["targetPort"] == 8080


def test_a_cause_is_told(installation: Installation, eventually: Callable[..., Any]) -> None:
    project, deployment = installation.deployment()
    with scheduler(installation.app):
        rollout = installation.roll_out(project, deployment, full("missing-1"))
        found = eventually(
            lambda: "nginx:missing-1" in (one := installation.rollout(rollout.id))["message"] and one, 60, "the cause"
        )
    assert found["phase"] in ("failed", "progressing")


def test_records_without_a_row_are_taken_up(installation: Installation, client: Client) -> None:
    """An imported database has rollouts and no outbox."""
    project, deployment = installation.deployment()
    with phases.ourselves():
        installation.roll_out(project, deployment, full("1.27"))
    assert outbox.read(installation.app, deployment) is None
    for kind, subject in loops.everything(installation.app):
        assert reconcile(installation.app, subject, kind=kind)
    assert state(client, project, deployment) == expected(deployment, "1.27")


def test_a_second_run_changes_nothing(installation: Installation, client: Client) -> None:
    """Fault §2.4/1: the original wrote on every pass."""
    project, deployment = installation.deployment()
    installation.roll_out(project, deployment, full("1.27"))

    def versions() -> dict[str, str]:
        kinds = (SERVICES, SECRETS, CLAIMS)
        return {
            name_of(one): one["metadata"]["resourceVersion"] for kind in kinds for one in client.list(kind, project)
        }

    def generation() -> int:
        found = client.get(DEPLOYMENTS, deployment, project)
        assert found is not None
        return int(found["metadata"]["generation"])

    before = versions(), generation()
    assert reconcile(installation.app, deployment)
    assert (versions(), generation()) == before


def test_a_namespace_that_is_not_ours_is_left_alone_and_said(installation: Installation, client: Client) -> None:
    project, deployment = installation.deployment()
    client.patch(NAMESPACES, project, "", {"metadata": {"labels": {"one-click.dev/projectId": "somebody-else"}}})
    from oneclick.errors import BadRequest

    with pytest.raises(BadRequest, match="does not belong to this project"):
        installation.roll_out(project, deployment, full("1.27"))
    assert installation.rollouts(deployment) == []


def test_flushed_redis_loses_nothing(installation: Installation, client: Client, redis_url: str) -> None:
    from redis import Redis

    project, deployment = installation.deployment()
    for number in range(3):
        Redis.from_url(redis_url).flushall()
        installation.roll_out(project, deployment, full(f"1.2{number}"))
    assert state(client, project, deployment) == expected(deployment, "1.22")
