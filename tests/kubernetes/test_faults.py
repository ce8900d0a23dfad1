"""The original's faults that rendering and reading can have, one test each (contracts/one-click.md §2.4 and §7)."""

from __future__ import annotations

import base64
import json

import pytest

from oneclick_kubernetes import manifest
from oneclick_kubernetes.health import Health
from oneclick_kubernetes.status import rollout_status
from tests.kubernetes.samples import DEPLOYMENT, PROJECT, only, problems, rendered, sample, setting


def template(objects):
    return only(objects, "Deployment")["spec"]["template"]


@pytest.mark.parametrize("path", ["resources.requests.cpu", "resources.limits.memory", "volumes.0.size"])
def test_2_4_2_and_7_7_an_invalid_quantity_is_an_answer_that_names_the_field(path):
    assert list(problems(sample("full", setting(path, "big")))) == [f"spec.{path}"]


def test_2_4_3_and_7_10_nothing_owns_a_volume():
    for item in rendered("full"):
        assert "ownerReferences" not in item["metadata"]


def test_2_4_4_a_volume_without_class_gets_the_clusters_default():
    claims = {item["metadata"]["name"]: item["spec"] for item in rendered("shared_volume") if "Claim" in item["kind"]}
    assert "storageClassName" not in claims[f"data-{DEPLOYMENT}"]
    assert claims[f"logs-{DEPLOYMENT}"]["storageClassName"] == "fast"


def test_2_4_5_and_7_11_a_partial_security_context_sets_only_what_is_given():
    pod = template(rendered("partial_security"))["spec"]
    assert pod["securityContext"] == {"runAsUser": 1000}
    assert pod["containers"][0]["securityContext"] == {"readOnlyRootFilesystem": True}


def test_2_4_5_no_security_context_sets_none():
    pod = template(rendered("minimal"))["spec"]
    assert "securityContext" not in pod
    assert "securityContext" not in pod["containers"][0]


def test_2_4_5_false_and_zero_are_kept_where_they_are_given():
    given = {"runAsUser": 0, "privileged": False}
    pod = template(rendered("minimal", setting("securityContext", given)))["spec"]
    assert pod["securityContext"] == {"runAsUser": 0}
    assert pod["containers"][0]["securityContext"] == {"privileged": False}


def test_2_4_6_pods_of_cron_jobs_are_not_the_apps():
    objects = rendered("full")
    selector = only(objects, "Deployment")["spec"]["selector"]["matchLabels"]
    labels = only(objects, "CronJob")["spec"]["jobTemplate"]["spec"]["template"]["metadata"]["labels"]
    assert not selector.items() <= labels.items()
    assert labels == {
        "one-click.dev/projectId": PROJECT,
        "one-click.dev/cronjob": "nightly",
        "one-click.dev/cronjobOf": DEPLOYMENT,
    }


def test_2_4_7_cron_jobs_and_their_pull_secrets_are_named_after_the_deployment():
    objects = rendered("private_image")
    job = only(objects, "CronJob", f"backup-{DEPLOYMENT}")
    secret = only(objects, "Secret", f"backup-{DEPLOYMENT}-imagepullsecret")
    pod = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    assert pod["imagePullSecrets"] == [{"name": secret["metadata"]["name"]}]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"maxRetries": 3, "backoffLimit": 2}, 2),
        ({"maxRetries": 3, "backoffLimit": None}, 3),
        ({"maxRetries": 3, "backoffLimit": 0}, 0),
        ({"maxRetries": 0, "backoffLimit": None}, 0),
        ({"maxRetries": None, "backoffLimit": None}, None),
    ],
)
def test_2_4_7_max_retries_count_where_there_is_no_backoff_limit(given, expected):
    job = only(rendered("full", lambda spec: spec["cronjobs"][0].update(given)), "CronJob")
    assert job["spec"]["jobTemplate"]["spec"].get("backoffLimit") == expected


def test_2_4_8_and_7_12_the_account_belongs_to_the_project_and_is_used():
    for name, account in (("full", "one-click"), ("minimal", f"{DEPLOYMENT}-sa")):
        objects = rendered(name)
        found = only(objects, "ServiceAccount")
        assert found["metadata"]["name"] == account
        assert found["metadata"]["labels"] == {"one-click.dev/projectId": PROJECT}
        assert template(objects)["spec"]["serviceAccountName"] == account


def test_2_4_9_ports_are_on_the_container_each_once():
    container = template(rendered("ingresses"))["spec"]["containers"][0]
    assert [port["containerPort"] for port in container["ports"]] == [8080, 9000]


def test_2_4_10_a_volume_and_several_replicas_is_recreated_and_warned_of():
    parsed = manifest.parse(sample("shared_volume"))
    assert only(rendered("shared_volume"), "Deployment")["spec"]["strategy"] == {"type": "Recreate"}
    assert "on another node will not start" in " ".join(manifest.warnings(parsed))


def test_2_4_11_and_7_11_an_ingress_class_without_rules_makes_no_ingress_and_stops_nothing():
    objects = rendered("ingresses")
    names = [item["metadata"]["name"] for item in objects if item["kind"] == "Ingress"]
    assert names == [f"web-{DEPLOYMENT}-ingress", f"open-{DEPLOYMENT}-ingress"]
    assert only(objects, "Service", f"admin-{DEPLOYMENT}-svc")
    assert only(objects, "HorizontalPodAutoscaler")


def test_2_4_11_a_rule_without_rules_key_is_accepted_too():
    change = setting("interfaces.0.ingress", {"ingressClass": "nginx"})
    assert [item for item in rendered("full", change) if item["kind"] == "Ingress"] == []


def test_2_4_11_an_own_certificate_lists_its_hosts():
    tls = only(rendered("full"), "Ingress")["spec"]["tls"]
    assert tls == [{"hosts": ["app.example.com"], "secretName": "wildcard-tls"}]


def test_2_4_12_every_problem_has_a_sentence():
    found = problems(sample("full", lambda spec: spec.update(env="x", volumes=[{}], interfaces=[{"name": "_"}])))
    assert len(found) == 6
    assert all(sentence for _, sentence in found.values())


def test_2_4_13_pull_secrets_are_found_by_label_and_gone_without_credentials():
    secret = only(rendered("private_image"), "Secret", f"{DEPLOYMENT}-imagepullsecret")
    assert secret["metadata"]["labels"]["one-click.dev/deploymentId"] == DEPLOYMENT
    for missing in ("username", "password"):
        objects = rendered("private_image", setting(f"image.{missing}", ""))
        names = [item["metadata"]["name"] for item in objects if item["kind"] == "Secret"]
        assert names == [f"backup-{DEPLOYMENT}-imagepullsecret"]
        assert "imagePullSecrets" not in template(objects)["spec"]


def test_2_4_13_without_secrets_there_is_no_secret_object():
    objects = rendered("full", setting("secrets", []))
    assert [item["metadata"]["name"] for item in objects if item["kind"] == "Secret"] == [
        f"{DEPLOYMENT}-imagepullsecret"
    ]
    assert "envFrom" not in template(objects)["spec"]["containers"][0]


def test_2_4_13_and_7_14_secret_values_are_in_secrets_only():
    for item in rendered("full"):
        if item["kind"] != "Secret":
            text = json.dumps(item)
            for value in ("hunter2", "token"):
                assert f'"{value}"' not in text
                assert base64.b64encode(value.encode()).decode() not in text


def test_2_4_14_no_pods_and_failed_pods_are_not_ok():
    assert rollout_status(Health("failed", "image nginx:9.9 not found"))["deployment"]["status"] == "Error"
    assert rollout_status(Health("ended"))["deployment"]["status"] == "Ended"


def test_2_4_14_an_ingress_has_its_name():
    found = rollout_status(Health("healthy"), ingresses=[only(rendered("full"), "Ingress")])
    assert found["ingresses"] == [
        {"name": f"http-{DEPLOYMENT}-ingress", "hosts": ["app.example.com"], "status": "Pending"}
    ]


def test_2_2_an_autoscaler_is_labelled_so_that_pruning_sees_it():
    assert only(rendered("minimal"), "HorizontalPodAutoscaler")["metadata"]["labels"] == {
        "one-click.dev/projectId": PROJECT,
        "one-click.dev/deploymentId": DEPLOYMENT,
    }


@pytest.mark.parametrize("name", ["1http", "-x", "a" * 44, "Http", "a.b"])
def test_2_2_an_interface_name_that_makes_no_service_is_refused_at_once(name):
    assert list(problems(sample("full", setting("interfaces.0.name", name)))) == ["spec.interfaces.0.name"]


def test_2_2_the_longest_names_compose_to_what_kubernetes_takes():
    def change(spec):
        spec["interfaces"][0]["name"] = "i" * 43
        spec["volumes"][0]["name"] = "v" * 47
        spec["cronjobs"][0]["name"] = "c" * 36

    objects = rendered("full", change)
    assert len(only(objects, "CronJob")["metadata"]["name"]) == 52
    assert len(only(objects, "PersistentVolumeClaim")["metadata"]["name"]) == 63
    assert max(len(item["metadata"]["name"]) for item in objects if item["kind"] == "Service") == 63
