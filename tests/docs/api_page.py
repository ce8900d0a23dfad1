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

Websockets are authorised by the same header, or by `token` in their first message; they close with 4401 (no or bad
token), 4404 (someone else's, or unknown), 4403 (no right) and 4400 (bad input).

This page is written from the routes themselves.

| method | path | what it does |
|---|---|---|
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
    return HEAD + "\n".join(rows) + "\n"


def _method(operation: dict[str, Any], method: str) -> str:
    return "WS" if "101" in operation["responses"] else method.upper()


def _purpose(operation: dict[str, Any]) -> str:
    first = next(iter(operation["responses"].values()))
    return str(operation.get("summary") or first["description"]).rstrip(".").replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(render(document()))
