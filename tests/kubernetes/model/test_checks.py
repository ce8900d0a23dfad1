"""What is wrong between fields: duplicates, and combinations that can never run."""

from __future__ import annotations

import pytest

from tests.kubernetes.samples import problems, sample, setting


@pytest.mark.parametrize(
    ("path", "item", "problem"),
    [
        ("env", {"name": "LOG_LEVEL", "value": ""}, "env.1.name"),
        ("secrets", {"name": "DB_PASSWORD", "value": ""}, "secrets.1.name"),
        ("secrets", {"name": " DB_PASSWORD", "value": ""}, "secrets.1.name"),
        ("volumes", {"name": "data", "mountPath": "/other", "size": "1Gi"}, "volumes.1.name"),
        ("volumes", {"name": "other", "mountPath": "/data/", "size": "1Gi"}, "volumes.1.mountPath"),
        ("volumes", {"name": "other", "mountPath": "//data/./", "size": "1Gi"}, "volumes.1.mountPath"),
        ("interfaces", {"name": "http", "port": 1}, "interfaces.2.name"),
        ("cronjobs.0.env", {"name": "A", "value": ""}, "cronjobs.0.env.1.name"),
    ],
)
def test_duplicates(path, item, problem):
    def change(spec):
        node = spec
        for step in path.split("."):
            node = node[int(step) if step.isdigit() else step]
        node.append(item)

    assert {path: code for path, (code, _) in problems(sample("full", change)).items()} == {
        f"spec.{problem}": "validation_not_unique"
    }


def test_duplicate_cronjobs():
    found = problems(sample("full", lambda spec: spec["cronjobs"].append(spec["cronjobs"][0])))
    assert list(found) == ["spec.cronjobs.1.name"]


@pytest.mark.parametrize(
    ("toleration", "field"),
    [
        ({"operator": "Equal", "value": "x"}, "operator"),
        ({"key": "a", "operator": "Exists", "value": "x"}, "value"),
        ({"key": "a", "operator": "Exists", "tolerationSeconds": 5}, "effect"),
    ],
)
def test_tolerations_that_the_cluster_refuses(toleration, field):
    assert list(problems(sample("full", setting("tolerations.0", toleration)))) == [f"spec.tolerations.0.{field}"]


def test_privileged_without_escalation_can_never_run():
    change = setting("securityContext", {"privileged": True, "allowPrivilegeEscalation": False})
    assert list(problems(sample("full", change))) == ["spec.securityContext.allowPrivilegeEscalation"]


def test_a_digest_is_given_once():
    data = sample("full", setting("image.tag", "1.2@sha256:" + "a" * 64))
    data["spec"]["image"]["digest"] = "sha256:" + "b" * 64
    assert list(problems(data)) == ["spec.image.digest"]
