"""A rollout's manifest: from JSON data to checked structs and back (contracts/one-click.md §2.1).

The structs are in ``model/``, one module a theme.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from oneclick.errors import ValidationError
from oneclick_hooks.kubernetes import MANIFEST_SECRET_PATHS
from oneclick_kubernetes.model.advice import warnings
from oneclick_kubernetes.model.checks import check
from oneclick_kubernetes.model.problems import Problems
from oneclick_kubernetes.model.reading import read
from oneclick_kubernetes.model.rollout import API_VERSION, KIND, Manifest, Spec

__all__ = [
    "API_VERSION",
    "KIND",
    "SECRET_PATHS",
    "Manifest",
    "Spec",
    "json_schema",
    "parse",
    "to_data",
    "warnings",
]

SECRET_PATHS = MANIFEST_SECRET_PATHS
"""Where a manifest holds secret values (design.md §4)."""

ROOT = "manifest"


def parse(data: object) -> Manifest:
    """Return a manifest as structs. Raises ``ValidationError`` with every problem, by path below ``manifest``."""
    problems = Problems()
    manifest = read(Manifest, data, problems, (ROOT,))
    check(manifest.spec, problems, (ROOT, "spec"))
    if problems:
        raise ValidationError(problems.tree())
    return manifest


def to_data(manifest: Manifest) -> dict[str, Any]:
    """Return a manifest as JSON data; what is empty and may be missing is left out."""
    # Through JSON, so that lists are lists again and compare with what is stored.
    data: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(manifest))
    return data


@cache
def json_schema() -> dict[str, Any]:
    """Return the manifest's JSON Schema, made from the structs."""
    schema: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(msgspec.json.schema(Manifest)))
    for name, definition in schema["$defs"].items():
        properties = definition["properties"]
        definition["required"] = [field for field in definition["required"] if "default" not in properties[field]]
        if name == "Metadata":
            definition["additionalProperties"] = True
    return schema
