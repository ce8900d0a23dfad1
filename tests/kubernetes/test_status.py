"""The original's status object, with phase and message (contracts/one-click.md §3.2, §2.4/14)."""

from __future__ import annotations

import json

import pytest

from oneclick_kubernetes.health import PHASES, Health
from oneclick_kubernetes.status import NO_ROLLOUT, WORDS, rollout_status
from tests.kubernetes.cluster_objects import DONE, claim, deployment, pod
from tests.kubernetes.samples import DEPLOYMENT, only, rendered

HEALTHY = Health("healthy", "", ready=1, desired=1, updated=1, available=1)


def running(**more):
    return pod({"running": {}}, ready=True, phase="Running", **more)


def test_the_whole_object():
    objects = rendered("full")
    ingress = {**only(objects, "Ingress"), "status": {"loadBalancer": {"ingress": [{"ip": "10.0.0.1"}]}}}
    found = rollout_status(
        HEALTHY,
        deployment=deployment(DONE, total=1, updated=1, available=1),
        pods=[running(name="abc-7d9f-x2k")],
        services=[item for item in objects if item["kind"] == "Service"],
        ingresses=[ingress],
        claims=[claim("Bound")],
    )
    assert found == {
        "deployment": {
            "replicas": 1,
            "podNames": ["abc-7d9f-x2k"],
            "resources": {
                "requestSum": {"cpu": "0.100", "memory": "268435456"},
                "limitSum": {"cpu": "0.500", "memory": "536870912"},
            },
            "status": "OK",
        },
        "services": [
            {"name": f"http-{DEPLOYMENT}-svc", "ports": [8080], "status": "OK"},
            {"name": f"metrics-{DEPLOYMENT}-svc", "ports": [9090], "status": "OK"},
        ],
        "ingresses": [{"name": f"http-{DEPLOYMENT}-ingress", "hosts": ["app.example.com"], "status": "Operational"}],
        "volumes": [{"name": f"data-{DEPLOYMENT}", "status": "Bound"}],
        "phase": "healthy",
        "message": "",
    }
    assert json.loads(json.dumps(found)) == found


def test_a_deployment_without_a_rollout():
    assert rollout_status(NO_ROLLOUT) == {
        "deployment": {
            "replicas": 0,
            "podNames": [],
            "resources": {"requestSum": {"cpu": "0", "memory": "0"}, "limitSum": {"cpu": "0", "memory": "0"}},
            "status": "Ended",
        },
        "services": [],
        "ingresses": [],
        "volumes": [],
        "phase": "ended",
        "message": "",
    }


@pytest.mark.parametrize(
    ("phase", "word"),
    [
        ("pending", "Pending"),
        ("applying", "Pending"),
        ("progressing", "Pending"),
        ("healthy", "OK"),
        ("degraded", "NotReady"),
        ("failed", "Error"),
    ],
)
def test_words(phase, word):
    found = rollout_status(Health(phase, "why"))
    assert (found["deployment"]["status"], found["phase"], found["message"]) == (word, phase, "why")
    assert set(WORDS) == set(PHASES)


def test_sums_are_over_all_containers_of_the_apps_pods():
    two = running(name="p2")
    two["spec"]["containers"].append({"name": "sidecar", "resources": {"requests": {"cpu": "1", "memory": "1Gi"}}})
    bare = running(name="p3")
    bare["spec"]["containers"] = [{"name": "bare"}]
    found = rollout_status(HEALTHY, pods=[running(), two, bare])["deployment"]
    assert found["podNames"] == ["p1", "p2", "p3"]
    assert found["resources"] == {
        "requestSum": {"cpu": "1.200", "memory": str(2 * 256 * 2**20 + 2**30)},
        "limitSum": {"cpu": "1", "memory": str(2 * 512 * 2**20)},
    }


@pytest.mark.parametrize("mark", ["label", "job label", "owner"])
def test_pods_of_cron_jobs_are_not_counted(mark):
    """Those that the original's operator made carry the app's labels."""
    job = running(name="nightly-1-abc")
    if mark == "label":
        job["metadata"]["labels"]["one-click.dev/cronjob"] = "nightly"
    elif mark == "job label":
        job["metadata"]["labels"]["job-name"] = "nightly-1"
    else:
        job["metadata"]["ownerReferences"] = [{"kind": "Job", "name": "nightly-1", "uid": "j"}]
    assert rollout_status(HEALTHY, pods=[running(), job])["deployment"]["podNames"] == ["p1"]


@pytest.mark.parametrize("phase", ["Failed", "Succeeded"])
def test_pods_that_have_ended_are_not_counted(phase):
    assert rollout_status(HEALTHY, pods=[pod(phase=phase)])["deployment"]["podNames"] == []


@pytest.mark.parametrize(
    ("phase", "word"),
    [("Bound", "Bound"), ("Pending", "Pending"), ("Lost", "Lost"), (None, "Unknown"), ("New", "Unknown")],
)
def test_volumes(phase, word):
    found = rollout_status(HEALTHY, claims=[{**claim(), "status": {"phase": phase} if phase else {}}])
    assert found["volumes"] == [{"name": f"data-{DEPLOYMENT}", "status": word}]


def test_an_ingress_for_every_host_has_no_hosts_and_repeats_none():
    objects = rendered("ingresses")
    found = rollout_status(HEALTHY, ingresses=[item for item in objects if item["kind"] == "Ingress"])
    assert [(item["hosts"], item["status"]) for item in found["ingresses"]] == [
        (["a.example.com", "b.example.com", "own.example.com", "plain.example.com"], "Pending"),
        ([], "Pending"),
    ]
