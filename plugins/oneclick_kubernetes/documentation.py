"""What the OpenAPI document says of this plugin's routes (contracts/one-click.md §3)."""

from __future__ import annotations

from typing import Any

from oneclick_kubernetes import manifest, socket_documentation

PROJECT = ("projectId", "The project's id.")
EITHER = ("rolloutId", "The id of a deployment, or of one of its rollouts.")
POD = ("podName", "The pod's name.")
JOB = ("jobName", "The job's name.")

_STRINGS = {"type": "array", "items": {"type": "string"}}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


_TEXT = {"type": "string"}
_AMOUNTS = _object(cpu=_TEXT, memory=_TEXT)
SCHEMAS: dict[str, Any] = {
    "DeploymentStatus": _object(
        phase={
            "type": "string",
            "enum": ["pending", "applying", "progressing", "healthy", "degraded", "failed", "ended"],
        },
        message={"type": "string", "description": "Why it is so, in one sentence; empty when all is well."},
        deployment=_object(
            replicas={"type": "integer"},
            podNames=_STRINGS,
            resources=_object(requestSum=_AMOUNTS, limitSum=_AMOUNTS),
            status={"type": "string", "enum": ["OK", "Pending", "NotReady", "Error", "Ended"]},
        ),
        services=_list(_object(name=_TEXT, ports=_list({"type": "integer"}), status=_TEXT)),
        ingresses=_list(_object(name=_TEXT, hosts=_STRINGS, status=_TEXT)),
        volumes=_list(_object(name=_TEXT, status=_TEXT)),
    ),
    "DeploymentMetrics": _object(metrics=_list(_object(name=_TEXT, cpu=_TEXT, memory=_TEXT))),
    "DeploymentEvents": _object(
        events=_list(
            _object(
                reason=_TEXT, message=_TEXT, typus=_TEXT, time=_TEXT, count={"type": "integer"}, kind=_TEXT, name=_TEXT
            )
        )
    ),
    "ClusterInfo": _object(
        storageClasses=_STRINGS,
        defaultStorageClass=_TEXT,
        ingressClasses=_STRINGS,
        defaultIngressClass=_TEXT,
        version=_TEXT,
        nodes=_list(
            _object(name=_TEXT, ready={"type": "boolean"}, capacity={"type": "object"}, allocatable={"type": "object"})
        ),
        demo={"type": "boolean"},
        notice=_TEXT,
    ),
}

_LOG_QUERY = (
    ("tail", {"type": "integer"}, "How many lines from the end."),
    ("since", {"type": "string"}, "Seconds, or a moment as RFC 3339 writes it."),
    ("container", {"type": "string"}, "The container; the pod's first without it."),
    ("previous", {"type": "boolean"}, "The log of the container's run before the last restart."),
    ("follow", {"type": "boolean"}, "Go on with what is written from now on."),
)
_SENTENCES = {
    "status": "Deployment status",
    "metrics": "Deployment metrics",
    "events": "Events list for the deployment",
}
_DELETED = "Pod deleted successfully"


def documentation() -> dict[str, Any]:
    """Return the paths and schemas to merge into the OpenAPI document."""
    paths: dict[str, Any] = {}
    for prefix, original in (("/rollouts/{projectId}", ""), ("/pb/{projectId}", "Original")):
        some = f"{prefix}/{{rolloutId}}"
        _add(
            paths,
            "get",
            f"{some}/status",
            f"getStatus{original}",
            "Deployment status",
            (PROJECT, EITHER),
            "DeploymentStatus",
        )
        _add(
            paths,
            "get",
            f"{some}/metrics",
            f"getMetrics{original}",
            "Deployment metrics",
            (PROJECT, EITHER),
            "DeploymentMetrics",
        )
        _add(
            paths,
            "get",
            f"{some}/events",
            f"getEvents{original}",
            "Events list for the deployment",
            (PROJECT, EITHER),
            "DeploymentEvents",
        )
        logs = _add(paths, "get", f"{prefix}/{{podName}}/logs", f"getLogs{original}", "Pod logs", (PROJECT, POD))
        logs["parameters"] += [_query(*one) for one in _LOG_QUERY]
        logs["responses"]["200"]["content"] = {"text/plain": {"schema": _TEXT}}
    for path, original in (("/cluster-info", ""), ("/pb/cluster-info", "Original")):
        _add(paths, "get", path, f"getClusterInfo{original}", "Cluster information", (), "ClusterInfo")
    _add(paths, "delete", "/rollouts/{projectId}/{podName}", "deletePod", _DELETED, (PROJECT, POD))
    _add(
        paths,
        "delete",
        "/pb/{projectId}/pod/{podName}",
        "deletePodOriginal",
        "Pod deleted successfully",
        (PROJECT, POD),
    )
    _add(paths, "delete", "/pb/{projectId}/job/{jobName}", "deleteJob", "Job deleted successfully", (PROJECT, JOB))
    paths |= socket_documentation.paths()
    return {"paths": paths, "components": {"schemas": SCHEMAS | socket_documentation.SCHEMAS | manifest_schemas()}}


def manifest_schemas() -> dict[str, Any]:
    """Return the manifest's schema as ``Manifest``, and those of its parts as ``ManifestImage`` and so on."""
    parts = manifest.json_schema()["$defs"]
    names = {part: part if part == "Manifest" else f"Manifest{part}" for part in parts}
    return {names[part]: _renamed(schema, names) for part, schema in parts.items()}


def _renamed(schema: Any, names: dict[str, str]) -> Any:
    """Return a schema whose references lead to the document's components."""
    if isinstance(schema, list):
        return [_renamed(item, names) for item in schema]
    if not isinstance(schema, dict):
        return schema
    renamed = {key: _renamed(value, names) for key, value in schema.items()}
    if isinstance(reference := renamed.get("$ref"), str):
        renamed["$ref"] = f"#/components/schemas/{names[reference.removeprefix('#/$defs/')]}"
    return renamed


def _add(
    paths: dict[str, Any],
    method: str,
    path: str,
    operation: str,
    sentence: str,
    variables: tuple[tuple[str, str], ...],
    schema: str = "",
) -> dict[str, Any]:
    good: dict[str, Any] = {"description": sentence}
    if schema:
        good["content"] = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    described = {
        "operationId": operation,
        "tags": ["kubernetes"],
        "parameters": [
            {"name": name, "in": "path", "required": True, "description": text, "schema": _TEXT}
            for name, text in variables
        ],
        "responses": {
            "200": good,
            "401": {"description": "No valid token"},
            "404": {"description": "Unknown, or not the caller's"},
            "503": {"description": "The cluster does not answer"},
        },
    }
    paths.setdefault(path, {})[method] = described
    return described


def _query(name: str, schema: dict[str, Any], text: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": text, "schema": schema}
