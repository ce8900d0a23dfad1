"""Rollouts from a record to the cluster: what is stored, what ends, what comes back."""

from __future__ import annotations

import base64
import threading
from typing import Any

import pytest
from kit_app import VOLUME, Installation, image, manifest

from oneclick.errors import ApiError, ValidationError
from oneclick_kubernetes import outbox
from oneclick_kubernetes.cluster.client import Client
from oneclick_kubernetes.cluster.kinds import CLAIMS, CRON_JOBS, SECRETS, SERVICES
from oneclick_kubernetes.reconcile import reconcile


def secret(client: Client, project: str, deployment: str) -> dict[str, str]:
    found = client.get(SECRETS, f"{deployment}-secrets", project)
    return {name: base64.b64decode(value).decode() for name, value in ((found or {}).get("data") or {}).items()}


def with_secret(tag: str, value: str) -> dict[str, Any]:
    return manifest(tag, secrets=[{"name": "PASSWORD", "value": value}])


def test_a_rollout_runs_and_says_so(installation: Installation, client: Client) -> None:
    project, deployment = installation.deployment()
    rollout = installation.roll_out(project, deployment, manifest())
    assert image(client, project, deployment) == "1.27"
    assert rollout["phase"] in ("progressing", "healthy")
    assert (rollout["cause"], rollout["author"], rollout["endDate"]) == ("person", "Ada", "")
    assert rollout["startDate"]
    stored = installation.rollout(rollout.id)
    assert (stored["phase"], stored["message"]) == (rollout["phase"], rollout["message"])
    row = outbox.read(installation.app, deployment)
    assert row is not None
    assert (row.generation, row.applied, row.pending) == (1, 1, False)
    assert [(run["rollout"], run["end"]) for run in installation.runs(deployment)] == [(rollout.id, "")]


def test_the_next_ends_the_one_before(installation: Installation, client: Client) -> None:
    project, deployment = installation.deployment()
    first = installation.roll_out(project, deployment, manifest("1.27"))
    second = installation.roll_out(project, deployment, manifest("1.28"))
    assert image(client, project, deployment) == "1.28"
    ended = installation.rollout(first.id)
    assert ended["endDate"] == installation.rollout(second.id)["startDate"]
    assert ended["phase"] == "ended"
    runs = installation.runs(deployment)
    assert [run["rollout"] for run in runs] == [first.id, second.id]
    assert runs[0]["end"] == runs[1]["start"]
    assert runs[0]["outcome"] in ("progressing", "healthy")


def test_reopening_brings_back_everything_of_that_rollout(installation: Installation, client: Client) -> None:
    project, deployment = installation.deployment()
    first = installation.roll_out(project, deployment, with_secret("1.27", "first"))
    second = installation.roll_out(project, deployment, with_secret("1.28", "second"))
    assert secret(client, project, deployment) == {"PASSWORD": "second"}
    again = installation.change(first.id, endDate="")
    assert secret(client, project, deployment) == {"PASSWORD": "first"}
    assert image(client, project, deployment) == "1.27"
    assert again["cause"] == "rollback"
    assert installation.rollout(second.id)["endDate"]
    assert [run["cause"] for run in installation.runs(deployment)] == ["person", "person", "rollback"]
    assert len(installation.rollouts(deployment)) == 2


def test_end_date_is_not_for_creation(installation: Installation) -> None:
    project, deployment = installation.deployment()
    with pytest.raises(ValidationError, match="EndDate is not allowed on create"):
        installation.create(
            "rollouts",
            user=installation.user.id,
            project=project,
            deployment=deployment,
            manifest=manifest(),
            endDate="2026-01-01 00:00:00.000Z",
        )


def test_deployment_and_project_must_belong_together(installation: Installation) -> None:
    """Fault 3: the original rolled out into whatever project was named."""
    project, _ = installation.deployment()
    other, foreign = installation.deployment()
    assert other != project
    with pytest.raises(ValidationError):
        installation.roll_out(project, foreign, manifest())


def test_what_the_plugin_writes_cannot_be_sent(installation: Installation) -> None:
    project, deployment = installation.deployment()
    values = {"user": installation.user.id, "project": project, "deployment": deployment, "manifest": manifest()}
    rollout = installation.create("rollouts", **values, phase="healthy", cause="magic", author="Mallory", message="m")
    assert (rollout["cause"], rollout["author"], rollout["message"]) == (
        "person",
        "Ada",
        installation.rollout(rollout.id)["message"],
    )
    changed = installation.change(rollout.id, author="Mallory", hide=True, startDate="2020-01-01 00:00:00.000Z")
    assert (changed["author"], changed["hide"]) == ("Ada", True)
    assert changed["startDate"] == rollout["startDate"]


def test_a_manifest_cannot_be_changed_but_may_be_sent_along(installation: Installation) -> None:
    project, deployment = installation.deployment()
    rollout = installation.roll_out(project, deployment, with_secret("1.27", "s"))
    app = installation.app
    shown = app.secrets.mask_record(installation.rollout(rollout.id), "manifest")
    assert shown["spec"]["secrets"][0]["value"].startswith("oc-secret:")
    assert installation.change(rollout.id, manifest=shown, hide=True)["hide"]
    shown["spec"]["image"]["tag"] = "1.28"
    with pytest.raises(ValidationError) as caught:
        installation.change(rollout.id, manifest=shown)
    assert "manifest" in caught.value.data


def test_stop_keeps_volumes_and_can_be_undone(installation: Installation, client: Client) -> None:
    """Fault 10: stopping deleted the data."""
    project, deployment = installation.deployment()
    rollout = installation.roll_out(project, deployment, manifest(volumes=[VOLUME]))
    stopped = installation.change(rollout.id, endDate="2020-01-01 00:00:00.000Z")
    assert stopped["phase"] == "ended"
    assert stopped["endDate"] > "2026"
    assert image(client, project, deployment) is None
    assert client.get(SERVICES, f"http-{deployment}-svc", project) is None
    assert client.get(CLAIMS, f"data-{deployment}", project) is not None
    again = installation.change(rollout.id, endDate="2021-01-01 00:00:00.000Z")
    assert again["endDate"] == stopped["endDate"]
    installation.change(rollout.id, endDate="")
    assert image(client, project, deployment) == "1.27"


def test_deleting_the_running_rollout_stops_it(installation: Installation, client: Client) -> None:
    project, deployment = installation.deployment()
    first = installation.roll_out(project, deployment, manifest("1.27"))
    second = installation.roll_out(project, deployment, manifest("1.28"))
    installation.delete("rollouts", first.id)
    assert image(client, project, deployment) == "1.28"
    installation.delete("rollouts", second.id)
    assert image(client, project, deployment) is None
    assert installation.runs(deployment) == []


def test_two_at_once_leave_one_running(installation: Installation, client: Client) -> None:
    project, deployment = installation.deployment()
    errors: list[BaseException] = []

    def roll_out(tag: str) -> None:
        try:
            installation.roll_out(project, deployment, manifest(tag))
        except ApiError as error:
            errors.append(error)

    threads = [threading.Thread(target=roll_out, args=(f"1.2{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    running = [rollout for rollout in installation.rollouts(deployment) if not rollout["endDate"]]
    assert len(running) == 1
    reconcile(installation.app, deployment, wait=20)
    assert image(client, project, deployment) == running[0]["manifest"]["spec"]["image"]["tag"]
    runs = installation.runs(deployment)
    assert [run["end"] for run in runs].count("") == 1


def test_two_deployments_may_call_a_cron_job_the_same(installation: Installation, client: Client) -> None:
    """Fault §2.4/7: they fought over one object."""
    job = {
        "name": "nightly",
        "suspend": True,
        "schedule": "0 3 * * *",
        "image": {"registry": "docker.io", "repository": "library/busybox", "tag": "1.36"},
        "resources": {"requests": {"cpu": "1m", "memory": "1Mi"}, "limits": {"cpu": "1m", "memory": "8Mi"}},
    }
    project, first = installation.deployment()
    _, second = installation.deployment(project)
    for deployment in (first, second):
        installation.roll_out(project, deployment, manifest(cronjobs=[job]))
    found = {one["metadata"]["name"] for one in client.list(CRON_JOBS, project)}
    assert found == {f"nightly-{first}", f"nightly-{second}"}


def test_a_volume_that_is_left_out_keeps_its_claim(installation: Installation, client: Client) -> None:
    """Fault §2.4/3: its data went at once."""
    project, deployment = installation.deployment()
    installation.roll_out(project, deployment, manifest(volumes=[VOLUME]))
    installation.roll_out(project, deployment, manifest("1.28"))
    claim = client.get(CLAIMS, f"data-{deployment}", project)
    assert claim is not None
    assert not claim["metadata"].get("deletionTimestamp")
    # And the volume comes back with the rollout that had it, although the strategy changes with it.
    installation.change(installation.rollouts(deployment)[0].id, endDate="")
    assert image(client, project, deployment) == "1.27"


def test_a_batch_is_stored_first_and_asks_the_cluster_afterwards(installation: Installation, client: Client) -> None:
    app = installation.app
    project, deployment = installation.deployment()
    with app.database.transaction():
        rollout = installation.roll_out(project, deployment, manifest())
        assert image(client, project, deployment) is None
    assert image(client, project, deployment) == "1.27"
    assert installation.rollout(rollout.id)["phase"] in ("progressing", "healthy")
    with pytest.raises(RuntimeError), app.database.transaction():
        installation.roll_out(project, deployment, manifest("1.28"))
        raise RuntimeError
    assert image(client, project, deployment) == "1.27"
    assert [one["endDate"] for one in installation.rollouts(deployment)] == [""]


def test_reopening_side_by_side_leaves_one_open_run(installation: Installation) -> None:
    """What a request read before its transaction says nothing about what runs."""
    project, deployment = installation.deployment()
    rollouts = [installation.roll_out(project, deployment, manifest(tag)).id for tag in ("1.26", "1.27", "1.28")]
    stale = [installation.rollout(rollouts[number // 2 % 2]) for number in range(6)]
    for record in stale:
        record["endDate"] = ""
        installation.app.records.save(record, installation.request())
    running = [rollout.id for rollout in installation.rollouts(deployment) if not rollout["endDate"]]
    assert len(running) == 1
    assert [run["rollout"] for run in installation.runs(deployment) if not run["end"]] == running
