"""The manifest as a whole: what comes back, what is said of it, and where its secrets are (one-click.md §2.1)."""

from __future__ import annotations

import json

import pytest

from oneclick_hooks.kubernetes import MANIFEST_SECRET_PATHS
from oneclick_kubernetes import manifest
from tests.kubernetes.samples import NAMES, problems, sample, setting


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


@pytest.mark.parametrize(("part", "value"), [("apiVersion", "v1"), ("kind", "Pod"), ("kind", 7)])
def test_other_kinds_are_refused(part, value):
    assert list(problems({**sample("minimal"), part: value})) == [part]


@pytest.mark.parametrize("value", [["hunter2"], {"is": "hunter2"}])
def test_sentences_never_repeat_a_secret(value):
    for path in ("secrets.0.value", "image.password", "cronjobs.0.image.password"):
        assert "hunter2" not in json.dumps(problems(sample("full", setting(path, value))))


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
