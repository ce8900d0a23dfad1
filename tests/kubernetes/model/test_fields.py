"""Each field's own check: the code of every refusal, and what is just allowed (one-click.md §2.1)."""

from __future__ import annotations

import pytest

from oneclick_kubernetes import manifest
from oneclick_kubernetes.model.cronjob import schedule_problem
from tests.kubernetes.samples import problems, sample, setting

BAD = [
    ("resources.limits.memory", "1 GB", "validation_invalid_quantity"),
    ("resources.requests.memory", "128m", "validation_invalid_quantity"),
    ("resources.requests.cpu", "-1", "validation_invalid_quantity"),
    ("resources.requests.cpu", "1e99", "validation_invalid_quantity"),
    ("resources.requests.cpu", "", "validation_required"),
    ("resources.requests.cpu", "2", "validation_invalid_combination"),
    ("resources.requests.memory", "513Mi", "validation_invalid_combination"),
    ("cronjobs.0.resources.requests.cpu", "3", "validation_invalid_combination"),
    ("volumes.0.size", "0", "validation_invalid_quantity"),
    ("volumes.0.name", "Data", "validation_invalid_name"),
    ("volumes.0.name", "d" * 48, "validation_max_text_constraint"),
    ("volumes.0.mountPath", "data", "validation_invalid_path"),
    ("volumes.0.mountPath", "/", "validation_invalid_path"),
    ("volumes.0.mountPath", "/a:b", "validation_invalid_path"),
    ("volumes.0.storageClass", "a b", "validation_invalid_name"),
    ("interfaces.0.port", 0, "validation_min_greater_equal_than_required"),
    ("interfaces.0.port", 65536, "validation_max_less_equal_than_required"),
    ("interfaces.0.port", "80", "validation_invalid_type"),
    ("interfaces.0.port", 80.5, "validation_invalid_type"),
    ("interfaces.0.port", True, "validation_invalid_type"),
    ("interfaces.0.port", None, "validation_required"),
    ("interfaces.0.name", "1http", "validation_invalid_name"),
    ("interfaces.0.name", "-x", "validation_invalid_name"),
    ("interfaces.0.name", "h" * 44, "validation_max_text_constraint"),
    ("interfaces.0.ingress.ingressClass", "Nginx!", "validation_invalid_name"),
    ("interfaces.0.ingress.rules.0.host", "App.example.com", "validation_invalid_host"),
    ("interfaces.0.ingress.rules.0.host", "http://a.b", "validation_invalid_host"),
    ("interfaces.0.ingress.rules.0.host", "a.*.b", "validation_invalid_host"),
    ("interfaces.0.ingress.rules.0.host", "10.0.0.1", "validation_invalid_host"),
    ("interfaces.0.ingress.rules.0.host", "", "validation_required"),
    ("interfaces.0.ingress.rules.0.path", "x", "validation_invalid_path"),
    ("interfaces.0.ingress.rules.0.tls", "yes", "validation_invalid_type"),
    ("interfaces.0.ingress.rules.0.tlsSecretName", "a_b", "validation_invalid_name"),
    ("horizontalScale.minReplicas", 0, "validation_min_greater_equal_than_required"),
    ("horizontalScale.minReplicas", 4, "validation_invalid_combination"),
    ("horizontalScale.minReplicas", 1001, "validation_max_less_equal_than_required"),
    ("horizontalScale.maxReplicas", 1001, "validation_max_less_equal_than_required"),
    ("horizontalScale.targetCPUUtilizationPercentage", 0, "validation_min_greater_equal_than_required"),
    ("env.0.name", "1A", "validation_invalid_name"),
    ("env.0.name", "A=B", "validation_invalid_name"),
    ("env.0.name", "..", "validation_invalid_name"),
    ("env.0.name", "", "validation_required"),
    ("env.0.value", None, "validation_required"),
    ("env.0.value", {"a": 1}, "validation_invalid_type"),
    ("env.0.value", "\0", "validation_invalid_value"),
    ("env.0.value", "\ud800", "validation_invalid_value"),
    ("secrets.0.name", "a b", "validation_invalid_name"),
    ("secrets.0.name", "LOG_LEVEL", "validation_not_unique"),
    ("image.registry", "https://ghcr.io", "validation_invalid_image"),
    ("image.registry", "ghcr.io/acme", "validation_invalid_image"),
    ("image.registry", "ghcr.io:99999", "validation_invalid_image"),
    ("image.repository", "Acme/App", "validation_invalid_image"),
    ("image.repository", "app:1", "validation_invalid_image"),
    ("image.tag", "a b", "validation_invalid_image"),
    ("image.tag", "t" * 129, "validation_invalid_image"),
    ("image.tag", "1@sha256:abc", "validation_invalid_image"),
    ("image.tag", "", "validation_required"),
    ("image.digest", "sha256:" + "AB" * 32, "validation_invalid_image"),
    ("image.digest", "md5:" + "ab" * 32, "validation_invalid_image"),
    ("cronjobs.0.image.digest", "latest", "validation_invalid_image"),
    ("cronjobs.0.image.repository", "", "validation_required"),
    ("cronjobs.0.name", "n" * 37, "validation_max_text_constraint"),
    ("cronjobs.0.schedule", "* * * *", "validation_invalid_cron"),
    ("cronjobs.0.schedule", "0 * * * * *", "validation_invalid_cron"),
    ("cronjobs.0.schedule", "61 * * * *", "validation_invalid_cron"),
    ("cronjobs.0.schedule", "0 0 * * 7", "validation_invalid_cron"),
    ("cronjobs.0.schedule", "0 0 L * *", "validation_invalid_cron"),
    ("cronjobs.0.schedule", "0 0 * * 1#2", "validation_invalid_cron"),
    ("cronjobs.0.schedule", "0 0 30 2 *", "validation_invalid_cron"),
    ("cronjobs.0.schedule", "@sometimes", "validation_invalid_cron"),
    ("cronjobs.0.suspend", "no", "validation_invalid_type"),
    ("cronjobs.0.maxRetries", -1, "validation_min_greater_equal_than_required"),
    ("cronjobs.0.backoffLimit", -1, "validation_min_greater_equal_than_required"),
    ("rolloutStrategy", "Recreate", "validation_in_invalid"),
    ("serviceAccountName", "One_Click", "validation_invalid_name"),
    ("securityContext.runAsUser", -1, "validation_min_greater_equal_than_required"),
    ("securityContext.runAsUser", 0, "validation_invalid_combination"),
    ("securityContext.privileged", "yes", "validation_invalid_type"),
    ("securityContext.capabilities.add.0", "CAP_NET_ADMIN", "validation_invalid_value"),
    ("securityContext.capabilities.add.0", "NET ADMIN", "validation_invalid_value"),
    ("tolerations.0.operator", "In", "validation_in_invalid"),
    ("tolerations.0.effect", "Never", "validation_in_invalid"),
    ("tolerations.0.value", "a b", "validation_invalid_name"),
    ("hostAliases.0.ip", "10.0.0", "validation_invalid_ip"),
    ("hostAliases.0.hostnames.0", "db_internal", "validation_invalid_name"),
    ("args", "-c", "validation_invalid_type"),
    ("args.0", {}, "validation_invalid_type"),
    ("nodeSelector", ["a"], "validation_invalid_type"),
]


@pytest.mark.parametrize(("path", "value", "code"), BAD)
def test_refused(path, value, code):
    found = problems(sample("full", setting(path, value)))
    assert {where: leaf[0] for where, leaf in found.items()} == {f"spec.{path}": code}
    sentence = found[f"spec.{path}"][1]
    assert sentence[0].isupper()
    assert sentence[-1] in ".?"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("resources.requests.cpu", "0.5"),
        ("resources.requests.cpu", ".1"),
        ("resources.requests.cpu", "1e-1"),
        ("resources.requests.memory", "0"),
        ("resources.requests.memory", "0.1Gi"),
        ("resources.limits.memory", "1e9"),
        ("volumes.0.name", "d" * 47),
        ("volumes.0.name", "1"),
        ("interfaces.1.name", "m" * 43),
        ("interfaces.1.port", 8080),
        ("interfaces.0.ingress.rules.0.host", "*.example.com"),
        ("horizontalScale.targetCPUUtilizationPercentage", 150),
        ("env.0.name", "my.name-1"),
        ("env.0.value", ""),
        ("image.registry", "localhost"),
        ("image.registry", "[::1]:5000"),
        ("image.repository", "a/b__c/d.e-f"),
        ("image.tag", "1.2@sha256:" + "a" * 64),
        ("image.digest", "sha256:" + "a" * 64),
        ("cronjobs.0.name", "n" * 36),
        ("cronjobs.0.schedule", "*/15 0-6,12 ? JAN-MAR MON-FRI"),
        ("cronjobs.0.schedule", "0 7 17 * 0"),
        ("cronjobs.0.schedule", "@daily"),
        ("rolloutStrategy", ""),
        ("securityContext.capabilities.add", ["all", "NET_ADMIN"]),
        ("tolerations.0", {"operator": "Exists"}),
        ("tolerations.0", {"key": "a", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 30}),
        ("hostAliases.0.ip", "fd00::1"),
        ("hostAliases.0", {"ip": "10.0.0.1"}),
    ],
)
def test_accepted(path, value):
    manifest.parse(sample("full", setting(path, value)))


@pytest.mark.parametrize("schedule", ["9" * 5000 + " * * * *", "9" * 5000])
def test_a_schedule_of_many_digits_is_an_answer(schedule):
    assert schedule_problem(schedule) is not None
