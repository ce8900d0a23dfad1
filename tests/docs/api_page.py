"""Renders docs/api.md from the OpenAPI document. ``python tests/docs/api_page.py`` writes it anew."""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import orjson

PAGE = Path(__file__).parents[2] / "docs" / "api.md"

HEAD = """# Routes

All that a server with the built-in plugins answers; the same, with parameters and schemas, is at `/api/openapi.json`
(and printed by `oneclick openapi`). Who asks is said by the header `Authorization: TOKEN`, with or without `Bearer`.
Errors have one shape: `{"status": 400, "message": "A sentence.", "data": {"field": {"code": "…", "message": "…"}}}`.
What is someone else's answers 404, as if it were not there.

What [websockets](#websockets) are sent and send is below the table. A rollout's manifest is in
[manifest.md](manifest.md). This page is written from the routes themselves.

| method | path | what it does |
|---|---|---|
"""

SOCKETS = """
## Websockets

A websocket needs a token: in the header `Authorization`, in the cookie that signing in sets in a browser (for pages of
the same origin), or as `token` in the first message. One in the header or the cookie that is not valid is refused at
the handshake, with HTTP 401 and no websocket; one in the first message closes the open websocket with 4401.

The first message is a JSON object of at most 64 KiB that says what is wanted; it must come within 5 seconds.
These websockets read no other. The server pings every 25 seconds.

Before it closes with an error the server sends `{"error": "A sentence."}`. The codes:

| code | meaning |
|---|---|
| 4400 | the first message is not as described here, or did not come from who sent a token in the header or the cookie |
| 4401 | the token in the first message is not valid, there is none, or no message came; later: it is no longer valid |
| 4403 | only superusers may open this websocket |
| 4404 | unknown, or someone else's; later: no longer the caller's |
| 1001 | the server stops: connect again |
| 1011 | a fault of the server |
| 1013 | the cluster does not answer, or the client does not read fast enough: connect again |
"""


def document() -> dict[str, Any]:
    """Return the OpenAPI document of an installation with the built-in plugins."""
    with tempfile.TemporaryDirectory() as folder:
        environ = {"ONECLICK_DATA": folder, "ONECLICK_CLUSTER": "none", "PATH": ""}
        command = [sys.executable, "-m", "oneclick", "openapi"]
        done = subprocess.run(command, env=environ, cwd=folder, check=True, capture_output=True)
    found: dict[str, Any] = orjson.loads(done.stdout)
    return found


def render(description: dict[str, Any]) -> str:
    rows = []
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            rows.append(f"| {_method(operation, method)} | `{path}` | {_purpose(operation)} |")
    alike: dict[str, list[str]] = {}
    for path, operations in description["paths"].items():
        if first := operations.get("get", {}).get("x-first-message"):
            alike.setdefault(_name(first), []).append(path)
    sockets = [_socket(description, paths) for paths in alike.values()]
    return HEAD + "\n".join(rows) + "\n" + SOCKETS + "".join(sockets)


def _socket(description: dict[str, Any], paths: list[str]) -> str:
    operation = description["paths"][paths[0]]["get"]
    schemas = description["components"]["schemas"]
    first, sent = (schemas[_name(operation[key])] for key in ("x-first-message", "x-messages"))
    heading = ", ".join(f"`{path}`" for path in paths)
    text = f"\n### {heading}\n\n{operation['summary']}. {operation['description']}\n\nThe first message:\n\n"
    text += "| field | type | meaning |\n|---|---|---|\n" + _fields(first, optional=True)
    if "properties" not in sent:
        return f"{text}\nEach message: {sent['description'][0].lower()}{sent['description'][1:]}\n"
    return f"{text}\nEach message:\n\n| field | type | meaning |\n|---|---|---|\n{_fields(sent)}"


def _fields(schema: dict[str, Any], optional: bool = False) -> str:
    rows = ""
    for name, field in schema["properties"].items():
        needed = " **Required.**" if optional and name in schema["required"] else ""
        rows += f"| `{name}` | {_type(field)} | {_meaning(field)}{needed} |\n"
    return rows


def _type(field: dict[str, Any]) -> str:
    if "anyOf" in field:
        return " or ".join(_type(one) for one in field["anyOf"])
    if field["type"] == "array":
        return f"list of {_type(field['items'])}s"
    if "minimum" in field:
        return f"whole number from {field['minimum']} to {field['maximum']}"
    words = {"string": "text", "integer": "whole number", "boolean": "true or false", "object": "object"}
    return words[field["type"]]


def _meaning(field: dict[str, Any]) -> str:
    choices = field.get("enum") or field.get("items", {}).get("enum") or ()
    listed = ", ".join(f"`{choice}`" for choice in choices)
    parts = (field.get("description", ""), f"One of {listed}." if listed else "")
    return " ".join(part for part in parts if part)


def _name(reference: dict[str, str]) -> str:
    return reference["$ref"].rpartition("/")[2]


def _method(operation: dict[str, Any], method: str) -> str:
    return "WS" if "101" in operation["responses"] else method.upper()


def _purpose(operation: dict[str, Any]) -> str:
    first = next(iter(operation["responses"].values()))
    return str(operation.get("summary") or first["description"]).rstrip(".").replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(render(document()))
