"""docs/manifest.md is what the structs say, its examples deploy, and the OpenAPI document has the manifest's schema."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from oneclick_kubernetes import manifest
from tests.journey.installation import Client, Installation
from tests.kubernetes.samples import problems, sample, setting

_spec = importlib.util.spec_from_file_location("manifest_page", Path(__file__).with_name("manifest_page.py"))
assert _spec is not None
assert _spec.loader is not None
manifest_page = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(manifest_page)

PARTS: dict[str, Any] = manifest.json_schema()["$defs"]
EXAMPLES = re.findall(r"```json\n(.*?)\n```", manifest_page.PAGE.read_text(), re.DOTALL)


def test_page_is_what_the_structs_say() -> None:
    assert manifest_page.PAGE.read_text() == manifest_page.render()


@pytest.mark.parametrize("part", PARTS)
def test_part_is_on_the_page_and_each_field_says_what_it_means(part: str) -> None:
    table = manifest_page.PAGE.read_text().split(f"\n### {part}\n", 1)[1].split("\n### ", 1)[0]
    for name, field in PARTS[part]["properties"].items():
        assert len(field["description"].split()) >= 2, name
        assert f"| `{name}` |" in table


def bounded(part: str = "Spec", path: tuple[str, ...] = ()) -> Iterator[tuple[str, int]]:
    """Yield the dotted path below ``spec`` of each text that has a longest length, and that length."""
    for name, field in PARTS[part]["properties"].items():
        here = (*path, name, "0") if field.get("type") == "array" else (*path, name)
        inner = manifest_page.reference(field)
        if inner is not None:
            yield from bounded(inner, here)
        elif "maxLength" in field:
            yield ".".join(here), field["maxLength"]


def text_for(path: str, length: int) -> str:
    """Return a text of a length with which nothing but that can be wrong."""
    name = path.rpartition(".")[2]
    if name in ("cpu", "memory", "size"):
        return ("0" if "requests" in path else "1").rjust(length, "0")
    if name == "schedule":
        return "0 3 * * " + "*".rjust(length - 8)
    return "a" * (2 - length % 2) + ".a" * ((length - 1) // 2) if name == "host" else "a" * length


@pytest.mark.parametrize(("path", "most"), [*bounded()])
def test_longest_length_is_the_one_that_is_checked(path: str, most: int) -> None:
    # A second fault, so that there are problems in either case.
    fits, over = (
        {**sample("full", setting(path, text_for(path, length))), "kind": "Pod"} for length in (most, most + 1)
    )
    assert f"spec.{path}" not in problems(fits)
    assert f"spec.{path}" in problems(over)


def test_small_example_deploys(user: Client) -> None:
    project, deployment = user.deployment()
    text = EXAMPLES[0].replace('"USER"', f'"{user.id}"')
    text = text.replace('"PROJECT"', f'"{project}"').replace('"DEPLOYMENT"', f'"{deployment}"')
    answer = user.http.post(
        "/api/collections/rollouts/records", content=text, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["warnings"] == []
    user.phase(answer.json()["id"], "healthy")


def test_large_example_deploys(user: Client) -> None:
    project, deployment = user.deployment()
    rollout = user.roll_out(project, deployment, json.loads(EXAMPLES[1]))
    assert rollout["warnings"] == []
    user.phase(rollout["id"], "healthy")
    status = user.http.get(f"/rollouts/{project}/{deployment}/status").json()
    assert [one["hosts"] for one in status["ingresses"]] == [["app.example.com"]]
    assert [one["name"] for one in status["volumes"]] == [f"data-{deployment}"]


@pytest.fixture(scope="module")
def schemas(installation: Installation) -> dict[str, Any]:
    """The schemas that ``oneclick openapi`` prints."""
    found: dict[str, Any] = json.loads(installation.run("openapi").stdout)["components"]["schemas"]
    return found


def test_openapi_has_the_manifest(schemas: dict[str, Any]) -> None:
    assert schemas["Manifest"]["properties"]["spec"]["$ref"] == "#/components/schemas/ManifestSpec"
    assert schemas["Manifest"]["required"] == ["spec"]
    for part, schema in PARTS.items():
        found = schemas["Manifest" if part == "Manifest" else f"Manifest{part}"]
        assert found["properties"].keys() == schema["properties"].keys()
        assert found["required"] == schema["required"]


def test_references_in_openapi_lead_somewhere(schemas: dict[str, Any]) -> None:
    references = set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(schemas)))
    assert "#/components/schemas/ManifestImage" in references
    assert {reference.removeprefix("#/components/schemas/") for reference in references} <= schemas.keys()
