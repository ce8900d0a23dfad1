"""Rendered objects against golden files, object by object. ONECLICK_UPDATE_GOLDEN=1 writes them anew."""

from __future__ import annotations

import base64
import json
import os
import re

import pytest
import yaml

from oneclick_kubernetes import manifest
from oneclick_kubernetes.resources import namespace_object, render
from tests.kubernetes.samples import DEPLOYMENT, HERE, NAMES, PROJECT, only, rendered, sample, setting

ORDER = [
    "ServiceAccount",
    "PersistentVolumeClaim",
    "Secret",
    "Deployment",
    "Service",
    "Ingress",
    "HorizontalPodAutoscaler",
    "CronJob",
]


@pytest.mark.parametrize("name", NAMES)
def test_golden(name):
    objects = rendered(name)
    path = HERE / "golden" / f"{name}.yaml"
    if os.environ.get("ONECLICK_UPDATE_GOLDEN"):
        path.write_text(yaml.safe_dump_all(objects, sort_keys=False, width=1000))
    assert objects == list(yaml.safe_load_all(path.read_text()))


def test_every_golden_file_has_its_manifest():
    assert sorted(path.stem for path in (HERE / "golden").glob("*.yaml")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_order_of_application(name):
    kinds = [item["kind"] for item in rendered(name)]
    assert kinds == sorted(kinds, key=ORDER.index)


@pytest.mark.parametrize("name", NAMES)
def test_objects_are_plain_json_that_shares_nothing(name):
    objects = rendered(name)
    assert json.loads(json.dumps(objects)) == objects
    # A plugin may change one object in place; an alias in YAML would show a part that two objects share.
    assert "&id" not in yaml.safe_dump_all(objects)


@pytest.mark.parametrize("name", NAMES)
def test_rendering_twice_gives_the_same_and_a_round_trip_too(name):
    parsed = manifest.parse(sample(name))
    again = manifest.parse(manifest.to_data(parsed))
    assert again == parsed
    assert render(again, PROJECT, DEPLOYMENT) == render(parsed, PROJECT, DEPLOYMENT)


@pytest.mark.parametrize("name", NAMES)
def test_every_object_is_in_the_namespace_and_carries_the_project(name):
    for item in rendered(name):
        assert item["metadata"]["namespace"] == PROJECT
        assert item["metadata"]["labels"]["one-click.dev/projectId"] == PROJECT


@pytest.mark.parametrize("name", NAMES)
def test_names_are_unique_by_kind_and_valid(name):
    found = [(item["kind"], item["metadata"]["name"]) for item in rendered(name)]
    assert len(set(found)) == len(found)
    assert all(re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", each) for _, each in found)


@pytest.mark.parametrize("name", NAMES)
def test_selectors_hold_only_ids_and_match_the_template(name):
    selector = {"one-click.dev/projectId": PROJECT, "one-click.dev/deploymentId": DEPLOYMENT}
    objects = rendered(name)
    deployment = only(objects, "Deployment")
    assert deployment["spec"]["selector"] == {"matchLabels": selector}
    assert deployment["spec"]["template"]["metadata"]["labels"] == selector
    assert all(item["spec"]["selector"] == selector for item in objects if item["kind"] == "Service")


@pytest.mark.parametrize("name", NAMES)
def test_replicas_are_never_set(name):
    assert "replicas" not in only(rendered(name), "Deployment")["spec"]


@pytest.mark.parametrize("name", NAMES)
def test_no_pod_gets_a_token_of_its_account(name):
    objects = rendered(name)
    pods = [only(objects, "Deployment")["spec"]["template"]["spec"]]
    pods += [item["spec"]["jobTemplate"]["spec"]["template"]["spec"] for item in objects if item["kind"] == "CronJob"]
    assert all(pod["automountServiceAccountToken"] is False for pod in pods)


def test_recorded_parts_of_the_original():
    """contracts/one-click.md §2.5: what the original's operator made, but for its faults."""
    objects = rendered("full", setting("horizontalScale.targetCPUUtilizationPercentage", 70))
    autoscaler = only(objects, "HorizontalPodAutoscaler")
    assert autoscaler["spec"]["behavior"] == yaml.safe_load(
        """
        scaleDown:
          policies: [{periodSeconds: 60, type: Percent, value: 100}]
          selectPolicy: Max
          stabilizationWindowSeconds: 300
        scaleUp:
          policies: [{periodSeconds: 15, type: Percent, value: 100}]
          selectPolicy: Max
          stabilizationWindowSeconds: 0
        """
    )
    assert autoscaler["spec"]["metrics"] == [
        {"resource": {"name": "cpu", "target": {"averageUtilization": 70, "type": "Utilization"}}, "type": "Resource"}
    ]
    service = only(objects, "Service", f"http-{DEPLOYMENT}-svc")
    assert service["spec"]["ports"] == [{"name": "http", "port": 8080, "protocol": "TCP", "targetPort": 8080}]
    container = only(objects, "Deployment")["spec"]["template"]["spec"]["containers"][0]
    assert container["envFrom"] == [{"secretRef": {"name": f"{DEPLOYMENT}-secrets"}}]
    assert container["volumeMounts"] == [{"mountPath": "/data", "name": f"data-{DEPLOYMENT}"}]


@pytest.mark.parametrize(
    ("name", "strategy", "expected"),
    [
        ("minimal", "", "RollingUpdate"),
        ("minimal", "recreate", "Recreate"),
        ("minimal", "rollingUpdate", "RollingUpdate"),
        ("shared_volume", "", "Recreate"),
        ("shared_volume", "recreate", "Recreate"),
        ("shared_volume", "rollingUpdate", "RollingUpdate"),
    ],
)
def test_strategy(name, strategy, expected):
    found = only(rendered(name, setting("rolloutStrategy", strategy)), "Deployment")["spec"]["strategy"]
    assert found["type"] == expected
    # Kubernetes refuses Recreate beside rollingUpdate, so what a later Recreate must remove has to be ours.
    assert ("rollingUpdate" in found) == (expected == "RollingUpdate")


def checksum(secrets):
    objects = rendered("full", setting("secrets", secrets))
    return only(objects, "Deployment")["spec"]["template"]["metadata"].get("annotations")


def test_checksum_tells_names_from_values():
    joined = checksum([{"name": "A", "value": "1B=2"}])
    assert joined != checksum([{"name": "A", "value": "1"}, {"name": "B", "value": "2"}])


def test_checksum_does_not_mind_the_order():
    one, two = {"name": "A", "value": "1"}, {"name": "B", "value": "2"}
    assert checksum([one, two]) == checksum([two, one])


def test_checksum_changes_with_a_value_and_differs_between_deployments():
    parsed = manifest.parse(sample())
    mine, other = (render(parsed, PROJECT, id_) for id_ in (DEPLOYMENT, "a" * 15))
    notes = [only(each, "Deployment")["spec"]["template"]["metadata"]["annotations"] for each in (mine, other)]
    assert notes[0] != notes[1]
    assert checksum([{"name": "A", "value": "1"}]) != checksum([{"name": "A", "value": "2"}])


def test_no_secrets_no_checksum():
    assert checksum([]) is None


def test_pull_secret_says_what_docker_says():
    secret = only(rendered("private_image"), "Secret", f"{DEPLOYMENT}-imagepullsecret")
    config = json.loads(base64.b64decode(secret["data"][".dockerconfigjson"]))
    auth = base64.b64encode("bot:p:ä$s".encode()).decode()
    assert config == {"auths": {"registry.example.com:5000": {"username": "bot", "password": "p:ä$s", "auth": auth}}}
    assert secret["type"] == "kubernetes.io/dockerconfigjson"


def test_secret_values_stay_out_of_everything_else():
    for item in rendered("full"):
        if item["kind"] != "Secret":
            text = json.dumps(item)
            assert "hunter2" not in text
            assert base64.b64encode(b"hunter2").decode() not in text


@pytest.mark.parametrize(
    ("display", "label"),
    [
        ("Jan Lauber", "jan-lauber"),
        ("Jürg Müller", "jurg-muller"),
        ("  O'Neil, Zoë (ops) ", "o-neil-zoe-ops"),
        ("山田 太郎", None),
        ("x" * 62 + "-y", "x" * 62),
        ("", None),
    ],
)
def test_namespace_labels_are_valid_whatever_people_are_called(display, label):
    found = namespace_object(PROJECT, user_id="3y45s1st9a3c0wj", username="users47838", display_name=display)
    labels = found["metadata"]["labels"]
    assert labels.pop("one-click.dev/displayName", None) == label
    assert found["metadata"]["name"] == PROJECT
    assert labels == {
        "one-click.dev/projectId": PROJECT,
        "one-click.dev/userId": "3y45s1st9a3c0wj",
        "one-click.dev/username": "users47838",
    }
