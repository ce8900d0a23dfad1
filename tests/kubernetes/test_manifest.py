"""Reading a manifest: what is accepted, and the path, code and sentence of what is not (one-click.md §2.1)."""

from __future__ import annotations

import json

import pytest

from oneclick_hooks.kubernetes import MANIFEST_SECRET_PATHS
from oneclick_kubernetes import manifest
from tests.kubernetes.samples import NAMES, problems, sample, setting

REQUIRED = ("validation_required", "Cannot be blank.")


def test_full_example_comes_back_as_it_was():
    data = sample("full")
    del data["metadata"]
    again = manifest.to_data(manifest.parse(data))
    # What is empty is left out.
    assert data["spec"]["cronjobs"][0]["image"].pop("username") == ""
    assert data["spec"]["cronjobs"][0]["image"].pop("password") == ""
    assert again == data


@pytest.mark.parametrize("name", NAMES)
def test_parsing_changes_nothing_in_its_input(name):
    data = sample(name)
    manifest.parse(data)
    assert data == sample(name)


def test_metadata_is_ignored_but_for_annotations():
    parsed = manifest.parse(sample("ingresses"))
    assert parsed.metadata is not None
    assert parsed.metadata.annotations["kubernetes.io/change-cause"] == "new hosts"
    assert set(manifest.to_data(parsed)["metadata"]) == {"annotations"}


def test_status_of_a_pasted_object_is_dropped():
    data = {**sample("minimal"), "status": {"deployment": {"status": "OK"}}}
    assert "status" not in manifest.to_data(manifest.parse(data))


def test_ids_that_the_original_ui_stored_in_volumes_are_dropped():
    parsed = manifest.parse(sample("shared_volume"))
    assert "id" not in manifest.to_data(parsed)["spec"]["volumes"][0]
    assert "spec.env.0.id" in problems(sample("shared_volume", lambda spec: spec["env"][0].update(id="x")))


def test_null_stands_for_missing():
    data = sample("minimal", lambda spec: spec.update(args=None, env=None, securityContext=None, nodeSelector=None))
    assert manifest.parse(data) == manifest.parse(sample("minimal"))


def test_numbers_and_flags_where_text_is_wanted():
    def change(spec):
        spec["resources"] = {"requests": {"cpu": 1, "memory": 1048576}, "limits": {"cpu": 1.5, "memory": 2e9}}
        spec["env"] = [{"name": "A", "value": 1}, {"name": "B", "value": 0.5}, {"name": "C", "value": True}]
        spec["args"] = [8080, "-v"]
        spec["image"]["tag"] = 7
        spec["nodeSelector"] = {"type": 1}

    spec = manifest.to_data(manifest.parse(sample("minimal", change)))["spec"]
    assert spec["resources"]["requests"] == {"cpu": "1", "memory": "1048576"}
    assert spec["resources"]["limits"] == {"cpu": "1.5", "memory": "2000000000"}
    assert [item["value"] for item in spec["env"]] == ["1", "0.5", "true"]
    assert spec["args"] == ["8080", "-v"]
    assert spec["image"]["tag"] == "7"
    assert spec["nodeSelector"] == {"type": "1"}


def test_a_tag_that_yaml_read_as_a_fraction_is_refused():
    """An unquoted 1.10 is the number 1.1 by the time it arrives."""
    (code, sentence) = problems(sample("minimal", setting("image.tag", 1.1)))["spec.image.tag"]
    assert code == "validation_invalid_type"
    assert "in quotes" in sentence


def test_names_of_secrets_are_trimmed():
    assert manifest.parse(sample("shared_volume")).spec.secrets[0].name == "POSTGRES_PASSWORD"


@pytest.mark.parametrize(
    ("data", "path"),
    [(None, ""), ({}, "spec"), ({"spec": {}}, "spec.image"), ({"spec": {"image": {}}}, "spec.image.tag")],
)
def test_what_is_missing_is_named(data, path):
    found = problems({"root": data}["root"]) if path else {"": REQUIRED}
    assert found[path] == REQUIRED


def test_nothing_is_said_below_what_is_missing():
    assert set(problems({"spec": {}})) == {"spec.image", "spec.horizontalScale", "spec.resources"}


@pytest.mark.parametrize("data", [[], "text", 7, True, {"spec": []}, {"spec": {"image": "nginx"}}])
def test_shapes_that_are_no_objects(data):
    assert all(code in ("validation_invalid_type", "validation_required") for code, _ in problems(data).values())


def test_every_problem_is_reported_at_once():
    data = sample("full")
    data["kind"] = "Deployment"
    data["spec"]["resources"]["requests"]["cpu"] = "abc"
    data["spec"]["volumes"][0]["size"] = "big"
    data["spec"]["interfaces"][1]["port"] = 0
    data["spec"]["cronjobs"][0]["schedule"] = "now"
    data["spec"]["replicas"] = 3
    assert set(problems(data)) == {
        "kind",
        "spec.resources.requests.cpu",
        "spec.volumes.0.size",
        "spec.interfaces.1.port",
        "spec.cronjobs.0.schedule",
        "spec.replicas",
    }


def test_the_number_of_problems_is_bounded():
    assert (
        len(problems(sample("minimal", lambda spec: spec.update({f"x{number}": 1 for number in range(5000)})))) == 100
    )


@pytest.mark.parametrize(
    ("wrong", "nearest"),
    [
        ("enviroment", None),
        ("secret", "secrets"),
        ("intefaces", "interfaces"),
        ("hostaliases", "hostAliases"),
        ("Env", "env"),
    ],
)
def test_unknown_fields_are_refused_with_the_nearest_known(wrong, nearest):
    code, sentence = problems(sample("minimal", lambda spec: spec.update({wrong: []})))[f"spec.{wrong}"]
    assert code == "validation_unknown_field"
    assert f'"{wrong}"' in sentence
    assert (f'did you mean "{nearest}"' if nearest else "known are args, command") in sentence


def test_unknown_fields_deep_down():
    found = problems(sample("full", lambda spec: spec["interfaces"][0]["ingress"]["rules"][0].update(pathType="Exact")))
    assert "spec.interfaces.0.ingress.rules.0.pathType" in found


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
    ("horizontalScale.maxReplicas", 2**31, "validation_max_less_equal_than_required"),
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


@pytest.mark.parametrize(("part", "value"), [("apiVersion", "v1"), ("kind", "Pod"), ("kind", 7)])
def test_other_kinds_are_refused(part, value):
    assert list(problems({**sample("minimal"), part: value})) == [part]


@pytest.mark.parametrize("value", [["hunter2"], {"is": "hunter2"}])
def test_sentences_never_repeat_a_secret(value):
    for path in ("secrets.0.value", "image.password", "cronjobs.0.image.password"):
        assert "hunter2" not in json.dumps(problems(sample("full", setting(path, value))))


def test_keys_with_dots_stay_one_step():
    found = problems(sample("full", setting("nodeSelector", {"kubernetes.io/arch": "a b"})))
    assert list(found) == ["spec.nodeSelector.kubernetes.io/arch"]


def test_warnings():
    assert manifest.warnings(manifest.parse(sample("minimal"))) == []
    (about_volume,) = manifest.warnings(manifest.parse(sample("shared_volume")))
    assert "data, logs" in about_volume
    (about_cron, about_ingress) = sorted(
        manifest.warnings(
            manifest.parse(sample("ingresses", lambda spec: spec.update(cronjobs=sample("full")["spec"]["cronjobs"])))
        )
    )
    assert "nightly" in about_cron
    assert "admin" in about_ingress
    assert ["user name" in each for each in manifest.warnings(manifest.parse(sample("private_image")))] == [True]
    (about_rolling,) = manifest.warnings(
        manifest.parse(
            sample(
                "shared_volume", lambda spec: spec.update(rolloutStrategy="rollingUpdate", horizontalScale=one_only())
            )
        )
    )
    assert "rollingUpdate" in about_rolling
    (about_cpu,) = manifest.warnings(
        manifest.parse(
            sample(
                "private_image", lambda spec: spec.update(cronjobs=[]) or spec["resources"]["requests"].update(cpu=0)
            )
        )
    )
    assert "never add an instance" in about_cpu
    (about_host,) = manifest.warnings(manifest.parse(sample("minimal", setting("image.registry", "registry"))))
    assert "Docker Hub" in about_host


def one_only():
    return {"minReplicas": 1, "maxReplicas": 1, "targetCPUUtilizationPercentage": 80}


def test_secret_paths_are_those_of_the_contract():
    assert manifest.SECRET_PATHS == MANIFEST_SECRET_PATHS


def test_json_schema_describes_what_is_read():
    schema = manifest.json_schema()
    parts = schema["$defs"]
    assert schema["$ref"] == "#/$defs/Manifest"
    assert parts["Manifest"]["required"] == ["spec"]
    assert parts["Spec"]["required"] == ["image", "horizontalScale", "resources"]
    assert parts["Spec"]["additionalProperties"] is False
    assert parts["Metadata"]["additionalProperties"] is True
    assert parts["Interface"]["properties"]["port"]["maximum"] == 65535
    assert "targetCPUUtilizationPercentage" in parts["HorizontalScale"]["properties"]
    assert json.loads(json.dumps(schema)) == schema


@pytest.mark.parametrize("value", ["oc-secret:0123456789abcdef", "oc-sealed:abcd:AAAA"])
def test_what_stands_for_a_secret_is_refused_where_none_can_be(value):
    data = sample("full")
    assert manifest.misplaced(data) == {}
    data["spec"]["env"] = [{"name": "A", "value": value}]
    assert list(manifest.misplaced(data)["spec"]["env"]["0"]) == ["value"]


@pytest.mark.parametrize("schedule", ["9" * 5000 + " * * * *", "9" * 5000])
def test_a_schedule_of_many_digits_is_an_answer(schedule):
    from oneclick_kubernetes.model.cronjob import schedule_problem

    assert schedule_problem(schedule) is not None


def test_many_unknown_fields_are_not_all_looked_up(monkeypatch):
    asked = []
    monkeypatch.setattr("oneclick_kubernetes.model.reading._unknown_sentence", lambda *_: asked.append(1) or "?")
    data = sample("full", lambda spec: spec.update({f"field{number}": 1 for number in range(100_000)}))
    assert problems(data)
    assert len(asked) <= 100
