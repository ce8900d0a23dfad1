"""Renders docs/manifest.md from the manifest's structs. ``python tests/docs/manifest_page.py`` writes it anew."""

import json
from pathlib import Path
from typing import Any

from oneclick_kubernetes import manifest

PAGE = Path(__file__).parents[2] / "docs" / "manifest.md"

HEAD = """# The manifest

A rollout's `manifest` says what runs: an image, how many pods, what each may use, and what else it needs. The API takes
it as JSON, the browser's **Settings** also as YAML; both have these fields. This page is written from the structs that
read it; as JSON Schema it is `components.schemas.Manifest` at `/api/openapi.json` and in `oneclick openapi`.

Fields that are not here are refused, with the one that may be meant; only `status` beside `spec`, and a volume's `id`,
are taken and dropped. Each refusal is a 400 that names the field by its path, such as `manifest.spec.image.tag`, and
nothing is changed by it. Where a text is wanted a number is taken as it is written (`cpu: 1`), but not for a tag:
`1.10` would become `1.1`. `null` is the same as a missing field.

## A rollout to send

This is `rollout.json` of [users.md](users.md#with-curl), with the least that is needed and a port. `user`, `project`
and `deployment` are ids, as the records of the project and the deployment have them.

```json
"""

MIDDLE = """
```

## More of it

A manifest with variables, a secret, a volume, a host and a cron job:

```json
"""

TAIL = """
```

## Fields

"""

SMALL: dict[str, Any] = {
    "user": "USER",
    "project": "PROJECT",
    "deployment": "DEPLOYMENT",
    "manifest": {
        "apiVersion": "one-click.dev/v1alpha1",
        "kind": "Rollout",
        "spec": {
            "image": {"registry": "docker.io", "repository": "library/nginx", "tag": "1.27"},
            "horizontalScale": {"minReplicas": 1, "maxReplicas": 3, "targetCPUUtilizationPercentage": 80},
            "resources": {
                "requests": {"cpu": "100m", "memory": "128Mi"},
                "limits": {"cpu": "500m", "memory": "512Mi"},
            },
            "interfaces": [{"name": "http", "port": 80}],
        },
    },
}

LARGE: dict[str, Any] = {
    "apiVersion": "one-click.dev/v1alpha1",
    "kind": "Rollout",
    "spec": {
        "image": {"registry": "ghcr.io", "repository": "acme/app", "tag": "1.2.3"},
        "rolloutStrategy": "recreate",
        "horizontalScale": {"minReplicas": 1, "maxReplicas": 1, "targetCPUUtilizationPercentage": 80},
        "resources": {"requests": {"cpu": "0.1", "memory": "128Mi"}, "limits": {"cpu": "1", "memory": "1Gi"}},
        "securityContext": {"runAsNonRoot": True, "runAsUser": 1000, "fsGroup": 1000},
        "env": [{"name": "LOG_LEVEL", "value": "info"}],
        "secrets": [{"name": "DB_PASSWORD", "value": "correct horse"}],
        "volumes": [{"name": "data", "mountPath": "/data", "size": "1Gi"}],
        "interfaces": [
            {
                "name": "http",
                "port": 8080,
                "ingress": {"rules": [{"host": "app.example.com", "path": "/", "tls": True}]},
            }
        ],
        "cronjobs": [
            {
                "name": "nightly",
                "schedule": "0 3 * * *",
                "image": {"registry": "docker.io", "repository": "library/busybox", "tag": "1.37"},
                "command": ["sh", "-c"],
                "args": ["echo done"],
                "backoffLimit": 2,
                "resources": {
                    "requests": {"cpu": "10m", "memory": "16Mi"},
                    "limits": {"cpu": "100m", "memory": "64Mi"},
                },
            }
        ],
    },
}


def render() -> str:
    schema = manifest.json_schema()["$defs"]
    parts = [_part(name, schema[name]) for name in _in_order(schema, "Manifest")]
    examples = f"{HEAD}{_json(SMALL)}{MIDDLE}{_json(LARGE)}{TAIL}"
    return examples + "\n".join(parts)


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _in_order(schema: dict[str, Any], name: str) -> list[str]:
    """Return the parts as a reader meets them, each once."""
    found = [name]
    for field in schema[name]["properties"].values():
        if (inner := reference(field)) is not None:
            found += _in_order(schema, inner)
    return list(dict.fromkeys(found))


def reference(field: dict[str, Any]) -> str | None:
    """Return the part that a field holds, one or a list of it."""
    for place in (field, field.get("items", {}), *field.get("anyOf", ())):
        if "$ref" in place:
            return str(place["$ref"]).rpartition("/")[2]
    return None


def _part(name: str, schema: dict[str, Any]) -> str:
    rows = [
        f"| `{field}` | {_type(found)} | {_default(found, field in schema['required'])} | {_bounds(found)} "
        f"| {found['description']} |"
        for field, found in schema["properties"].items()
    ]
    head = "| field | type | default | bounds | meaning |\n|---|---|---|---|---|\n"
    return f"### {name}\n\n{schema['description']}\n\n{head}" + "\n".join(rows) + "\n"


def _type(field: dict[str, Any]) -> str:
    if "anyOf" in field:
        return _type(field["anyOf"][0])
    if "$ref" in field:
        name = str(reference(field))
        return f"[{name}](#{name.lower()})"
    if field["type"] == "array":
        return f"list of {_type(field['items'])}"
    words = {"string": "text", "integer": "whole number", "boolean": "true or false", "object": "texts by key"}
    return words[field["type"]]


def _default(field: dict[str, Any], required: bool) -> str:
    if required:
        return "required"
    value = field["default"]
    return "empty" if value == "" else f"`{json.dumps(value)}`"


def _bounds(field: dict[str, Any]) -> str:
    if "anyOf" in field:
        return _bounds(field["anyOf"][0])
    if "enum" in field:
        return ", ".join(f"`{value}`" if value else "empty" for value in field["enum"])
    found = []
    if "minimum" in field:
        found.append(f"{field['minimum']} to {field['maximum']}")
    for place, words in ((field, ""), (field.get("items", {}), "each "), (field.get("additionalProperties"), "each ")):
        found += _length(place, words)
    return ", ".join(found)


def _length(place: object, words: str) -> list[str]:
    if not isinstance(place, dict) or place.get("type") != "string":
        return []
    lengths = ["not empty"] if place.get("minLength") else []
    if "maxLength" in place:
        lengths.append(f"at most {place['maxLength']} characters")
    return [words + length for length in lengths]


if __name__ == "__main__":
    PAGE.write_text(render())
