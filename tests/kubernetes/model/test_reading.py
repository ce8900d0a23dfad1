"""Reading JSON data: what may stand for what, what is missing, and what nobody knows."""

from __future__ import annotations

import pytest

from oneclick_kubernetes import manifest
from tests.kubernetes.samples import problems, sample, setting

REQUIRED = ("validation_required", "Cannot be blank.")


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


def test_keys_with_dots_stay_one_step():
    found = problems(sample("full", setting("nodeSelector", {"kubernetes.io/arch": "a b"})))
    assert list(found) == ["spec.nodeSelector.kubernetes.io/arch"]


def test_many_unknown_fields_are_not_all_looked_up(monkeypatch):
    asked = []
    monkeypatch.setattr("oneclick_kubernetes.model.reading._unknown_sentence", lambda *_: asked.append(1) or "?")
    data = sample("full", lambda spec: spec.update({f"field{number}": 1 for number in range(100_000)}))
    assert problems(data)
    assert len(asked) <= 100
