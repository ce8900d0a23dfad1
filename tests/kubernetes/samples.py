"""Manifests to test with, and small ways to change them."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from oneclick.errors import ValidationError
from oneclick_kubernetes import manifest
from oneclick_kubernetes.resources import render

HERE = Path(__file__).parent
PROJECT = "bvpazitl5gprovo"
DEPLOYMENT = "0y2vd9m7pvvnwzq"
NAMES = sorted(path.stem for path in (HERE / "manifests").glob("*.yaml"))

Change = Callable[[dict[str, Any]], Any]


def sample(name: str = "full", change: Change | None = None) -> dict[str, Any]:
    """Return a manifest by name as JSON data; ``change`` gets its spec."""
    data = copy.deepcopy(yaml.safe_load((HERE / "manifests" / f"{name}.yaml").read_text()))
    if change:
        change(data["spec"])
    return data


def setting(path: str, value: Any) -> Change:
    """Return a change that sets a value at a dotted path, which may have list indexes."""

    def change(spec: dict[str, Any]) -> None:
        node: Any = spec
        *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        for step in steps:
            node = node[step]
        node[last] = value

    return change


def problems(data: object) -> dict[str, tuple[str, str]]:
    """Return what is wrong with a manifest: code and message by dotted path below ``manifest``."""
    with pytest.raises(ValidationError) as caught:
        manifest.parse(data)
    found: dict[str, tuple[str, str]] = {}

    def collect(node: dict[str, Any], path: str) -> None:
        if set(node) == {"code", "message"} and isinstance(node["code"], str):
            found[path] = (node["code"], node["message"])
            return
        for key, value in node.items():
            assert isinstance(key, str)
            collect(value, f"{path}.{key}" if path else key)

    collect(caught.value.data["manifest"], "")
    return found


def rendered(name: str = "full", change: Change | None = None) -> list[dict[str, Any]]:
    """Return a sample's objects."""
    return render(manifest.parse(sample(name, change)), PROJECT, DEPLOYMENT)


def only(objects: list[dict[str, Any]], kind: str, name: str = "") -> dict[str, Any]:
    """Return the one object of a kind (and name)."""
    (found,) = [item for item in objects if item["kind"] == kind and name in ("", item["metadata"]["name"])]
    return found
