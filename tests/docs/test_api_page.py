"""docs/api.md lists the routes that there are, and the documented sentences stand in the OpenAPI document."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

_spec = importlib.util.spec_from_file_location("api_page", Path(__file__).with_name("api_page.py"))
assert _spec is not None
assert _spec.loader is not None
api_page = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(api_page)

SENTENCES = {
    ("get", "/rollouts/{projectId}/{rolloutId}/status"): "Deployment status",
    ("get", "/pb/{projectId}/{rolloutId}/status"): "Deployment status",
    ("get", "/rollouts/{projectId}/{rolloutId}/metrics"): "Deployment metrics",
    ("get", "/rollouts/{projectId}/{rolloutId}/events"): "Events list for the deployment",
    ("get", "/rollouts/{projectId}/{podName}/logs"): "Pod logs",
    ("get", "/pb/blueprints/{blueprintId}"): "Blueprint details",
    ("post", "/pb/blueprints/shared/{blueprintId}"): "Blueprint shared successfully",
    ("post", "/auto-update/{autoUpdateId}"): "Update initiated",
    ("get", "/cluster-info"): "Cluster information",
    ("delete", "/rollouts/{projectId}/{podName}"): "Pod deleted successfully",
    ("get", "/ws/k8s/rollouts"): "WebSocket connection established",
    ("get", "/ws/k8s/logs"): "WebSocket connection established",
    ("get", "/ws/k8s/events"): "WebSocket connection established",
}


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    found: dict[str, Any] = api_page.document()
    return found


def test_page_is_what_the_server_answers(description: dict[str, Any]) -> None:
    assert api_page.PAGE.read_text() == api_page.render(description)


@pytest.mark.parametrize(("method", "path"), SENTENCES)
def test_documented_sentence(description: dict[str, Any], method: str, path: str) -> None:
    responses = description["paths"][path][method]["responses"]
    assert (responses.get("200") or responses["101"])["description"] == SENTENCES[method, path]


def test_operation_ids_are_unique(description: dict[str, Any]) -> None:
    ids = [operation["operationId"] for path in description["paths"].values() for operation in path.values()]
    assert len(ids) == len(set(ids))
