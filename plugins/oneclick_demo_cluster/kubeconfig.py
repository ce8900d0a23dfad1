"""The kubeconfig by which clients find the demo cluster."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import Any

import orjson

FILE_NAME = "demo-cluster.kubeconfig"
NAME = "oneclick-demo"
TOKEN = re.compile(r"[A-Za-z0-9_-]{20,200}")


def path_in(data: Path) -> Path:
    """Return where the kubeconfig of a data folder lies."""
    return data / FILE_NAME


def write(path: Path, server: str, token: str) -> None:
    """Write the file whole or not at all, readable by its owner alone. (JSON is YAML.)"""
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": NAME, "cluster": {"server": server}}],
        "users": [{"name": NAME, "user": {"token": token}}],
        "contexts": [{"name": NAME, "context": {"cluster": NAME, "user": NAME}}],
        "current-context": NAME,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(orjson.dumps(config, option=orjson.OPT_INDENT_2))
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read_token(path: Path) -> str:
    """Return the token in a kubeconfig that an earlier life left behind (it was killed); empty without one."""
    config = _read(path)
    try:
        token = config["users"][0]["user"]["token"]
    except (KeyError, IndexError, TypeError):
        return ""
    return token if isinstance(token, str) and TOKEN.fullmatch(token) else ""


def read_server(path: Path) -> str:
    """Return the server's address in a kubeconfig; empty without one."""
    try:
        return str(_read(path)["clusters"][0]["cluster"]["server"])
    except (KeyError, IndexError, TypeError):
        return ""


def read_port(path: Path) -> int:
    """Return the port in the kubeconfig of an earlier life; 0 without one."""
    match = re.fullmatch(r"http://[^/]*:(\d{1,5})", read_server(path))
    return int(match[1]) if match and 0 < int(match[1]) < 65536 else 0


def remove(path: Path, token: str) -> None:
    """Remove the file if it is still ours."""
    if read_token(path) == token:
        path.unlink(missing_ok=True)


def _read(path: Path) -> Any:
    try:
        return orjson.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
