"""Rollouts from a record to the cluster: what is stored, what is refused, what ends, what comes back."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from typing import Any

import pytest
from kit_app import Installation, manifest

from oneclick.errors import ApiError, ValidationError
from oneclick_hooks.kubernetes import RolloutProposal
from oneclick_kubernetes import outbox
from oneclick_kubernetes.cluster.client import Client
from oneclick_kubernetes.cluster.kinds import (
    CLAIMS,
    CRON_JOBS,
    DEPLOYMENTS,
    NAMESPACES,
    SECRETS,
    SERVICE_ACCOUNTS,
    SERVICES,
)
from oneclick_kubernetes.reconcile import reconcile

VOLUME = {"name": "data", "mountPath": "/data", "size": "1Gi"}


def image(client: Client, project: str, deployment: str) -> str | None:
    found = client.get(DEPLOYMENTS, deployment, project)
    return found["spec"]["template"]["spec"]["containers"][0]["image"].rpartition(":")[2] if found else None


def secret(client: Client, project: str, deployment: str) -> dict[str, str]:
    found = client.get(SECRETS, f"{deployment}-secrets", project)
    return {name: base64.b64decode(value).decode() for name, value in ((found or {}).get("data") or {}).items()}


def with_secret(tag: str, value: str) -> dict[str, Any]:
    return manifest(tag, secrets=[{"name": "PASSWORD", "value": value}])


def test_a_project_gets_its_namespace(installation: Installation, client: Client) -> None:
    project = installation.project()
    found = client.get(NAMESPACES, project)
    assert found is not None
    assert found["metadata"]["labels"]["one-click.dev/projectId"] == project
    assert found["metadata"]["labels"]["one-click.dev/userId"] == installation.user.id
    assert not outbox.read(installation.app, project, "projects").pending


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


def test_a_refused_rollout_touches_nothing(installation: Installation, client: Client) -> None:
    """Fault 8: the original ended the running record although it went on running."""
    project, deployment = installation.deployment()
    running = installation.roll_out(project, deployment, manifest("1.27"))
    before = dict(installation.rollout(running.id)._stored)
    row = outbox.read(installation.app, deployment)
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "small", "namespace": project},
        "spec": {"hard": {"limits.cpu": "200m"}},
    }
    client.create(quota)
    bad = manifest(
        "1.28", resources={"requests": {"cpu": "1", "memory": "16Mi"}, "limits": {"cpu": "1", "memory": "1Gi"}}
    )
    with pytest.raises(ValidationError) as caught:
        installation.roll_out(project, deployment, bad)
    leaf = caught.value.data["manifest"]["spec"]
    assert "quota" in caught.value.message
    assert "quota" in str(leaf)
    assert caught.value.status == 400
    assert dict(installation.rollout(running.id)._stored) == before
    assert image(client, project, deployment) == "1.27"
    assert len(installation.rollouts(deployment)) == 1
    assert outbox.read(installation.app, deployment) == row


def test_replicas_times_requests_are_compared_with_what_is_left(
    installation: Installation, client: Client, eventually: Callable[..., Any]
) -> None:
    project, deployment = installation.deployment()
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "small", "namespace": project},
        "spec": {"hard": {"requests.cpu": "100m"}},
    }
    client.create(quota)
    path = f"/api/v1/namespaces/{project}/resourcequotas/small"
    eventually(lambda: (client.request("GET", path).get("status") or {}).get("hard"), 20, "the quota's status")
    scale = {"minReplicas": 11, "maxReplicas": 12, "targetCPUUtilizationPercentage": 80}
    with pytest.raises(ValidationError) as caught:
        installation.roll_out(project, deployment, manifest(horizontalScale=scale))
    leaf = caught.value.data["manifest"]["spec"]["resources"]["requests"]["cpu"]
    assert "requested: requests.cpu=110m" in leaf["message"]
    scale["minReplicas"] = 10
    installation.roll_out(project, deployment, manifest(horizontalScale=scale))
    # What the deployment's own pods use is free for the pods that replace them.
    installation.roll_out(project, deployment, manifest("1.28", horizontalScale=scale))


def test_pod_security_answers_before_anything_is_stored(
    installation: Installation, client: Client, is_real: bool
) -> None:
    if not is_real:
        pytest.skip("the demonstration has no Pod Security admission")
    project, deployment = installation.deployment()
    labels = {"pod-security.kubernetes.io/enforce": "baseline"}
    client.patch(NAMESPACES, project, "", {"metadata": {"labels": labels}})
    with pytest.raises(ValidationError) as caught:
        installation.roll_out(project, deployment, manifest(securityContext={"privileged": True}))
    assert "violates PodSecurity" in caught.value.message
    assert installation.rollouts(deployment) == []


def test_what_was_not_written_right_is_named(installation: Installation, client: Client) -> None:
    """Faults 7 and 11: an invalid quantity, an ingress class without rules."""
    project, deployment = installation.deployment()
    bad = manifest()
    bad["spec"]["resources"]["requests"]["cpu"] = "abc"
    with pytest.raises(ValidationError) as caught:
        installation.roll_out(project, deployment, bad)
    assert caught.value.data["manifest"]["spec"]["resources"]["requests"]["cpu"]["message"]
    assert image(client, project, deployment) is None


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


@pytest.mark.parametrize("volumes", ["", "delete"])
def test_deleting_a_deployment(installation: Installation, client: Client, volumes: str) -> None:
    project, deployment = installation.deployment()
    installation.roll_out(project, deployment, manifest(volumes=[VOLUME]))
    installation.delete("deployments", deployment, {"volumes": volumes} if volumes else None)
    assert image(client, project, deployment) is None
    claim = client.get(CLAIMS, f"data-{deployment}", project)
    gone = claim is None or claim["metadata"].get("deletionTimestamp")
    assert bool(gone) == (volumes == "delete")
    assert installation.rollouts(deployment) == []
    assert outbox.read(installation.app, deployment) is None


def test_a_misspelt_volumes_parameter_deletes_nothing(installation: Installation) -> None:
    _, deployment = installation.deployment()
    with pytest.raises(ValidationError) as caught:
        installation.delete("deployments", deployment, {"volumes": "delet"})
    assert "volumes" in caught.value.data
    assert installation.app.records.find("deployments", deployment) is not None


def test_deleting_a_project_takes_everything(installation: Installation, client: Client) -> None:
    """Fault 9: the original failed half-way when there was an auto-update."""
    project, deployment = installation.deployment()
    rollout = installation.roll_out(project, deployment, manifest(volumes=[VOLUME]))
    values = {"user": installation.user.id, "project": project, "deployment": deployment}
    update = installation.create("autoUpdates", **values, interval="5m", policy="semver")
    installation.delete("projects", project)
    records = installation.app.records
    for collection, record_id in (
        ("projects", project),
        ("deployments", deployment),
        ("rollouts", rollout.id),
        ("autoUpdates", update.id),
    ):
        assert records.find(collection, record_id) is None
    found = client.get(NAMESPACES, project)
    assert found is None or found["metadata"]["deletionTimestamp"]
    assert outbox.read(installation.app, project) is None
    assert outbox.read(installation.app, deployment) is None


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


def test_an_update_proposes_a_tag_through_the_same_path(installation: Installation, client: Client) -> None:
    app = installation.app
    project, deployment = installation.deployment()
    image_of = {"registry": "docker.io", "repository": "library/nginx", "tag": "1.27", "username": "u", "password": "p"}
    first = installation.roll_out(project, deployment, manifest(image=image_of))
    running = app.plugins.hook.rollout_image(app=app, deployment=deployment)
    assert (running.rollout, running.tag, running.password) == (first.id, "1.27", "p")
    proposal = RolloutProposal(deployment, "1.28", "auto-update", expected_rollout=first.id)
    second = app.plugins.hook.rollout_propose(app=app, proposal=proposal)
    assert second["cause"] == "auto-update"
    assert second["phase"] in ("progressing", "healthy")
    assert image(client, project, deployment) == "1.28"
    assert app.secrets.open(second, "manifest")["spec"]["image"]["password"] == "p"
    # Somebody was quicker: nothing happens.
    assert app.plugins.hook.rollout_propose(app=app, proposal=proposal) is None
    assert image(client, project, deployment) == "1.28"


def test_a_conflict_is_a_400_until_it_is_forced(installation: Installation, client: Client) -> None:
    project, deployment = installation.deployment()
    installation.roll_out(project, deployment, manifest("1.27"))
    path = SERVICES.path(project, f"http-{deployment}-svc")
    theirs = {"spec": {"ports": [{"name": "http", "port": 80, "targetPort": 8080, "protocol": "TCP"}]}}
    client.request("PATCH", path, {"fieldManager": "kubectl-edit"}, theirs, "application/merge-patch+json")
    with pytest.raises(ValidationError) as caught:
        installation.roll_out(project, deployment, manifest("1.28"))
    leaf = caught.value.data["manifest"]["spec"]["interfaces"]["0"]
    assert "kubectl-edit" in leaf["message"]
    assert image(client, project, deployment) == "1.27"
    installation.roll_out(project, deployment, manifest("1.28"), {"force": "true"})
    assert image(client, project, deployment) == "1.28"


def test_deployments_share_an_account_that_outlives_each_of_them(installation: Installation, client: Client) -> None:
    """Fault 12: the account went with the deployment that happened to have made it."""
    project, first = installation.deployment()
    _, second = installation.deployment(project)
    for deployment in (first, second):
        installation.roll_out(project, deployment, manifest(serviceAccountName="one-click"))
    installation.delete("deployments", first)
    assert client.get(SERVICE_ACCOUNTS, "one-click", project) is not None
    assert image(client, project, second) == "1.27"


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
