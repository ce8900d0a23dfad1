"""The golden objects, tried on the clusters: what we render, an API server takes, with strict field validation."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from oneclick_kubernetes.cluster.client import Client

GOLDEN = Path(__file__).parents[1] / "kubernetes" / "golden"


@pytest.mark.parametrize("name", sorted(path.stem for path in GOLDEN.glob("*.yaml")))
def test_the_api_server_takes_them(client: Client, project: str, name: str) -> None:
    objects = list(yaml.safe_load_all((GOLDEN / f"{name}.yaml").read_text()))
    assert objects
    for one in objects[0] if isinstance(objects[0], list) else objects:
        one["metadata"]["namespace"] = project
        client.apply(one, dry_run=True)
