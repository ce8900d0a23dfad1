"""Wheels and sdists of this tree, whole or without some plugins, and environments that they are installed in."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).parents[2]
BUILT = ROOT / "oneclick" / "web" / "static"
PLUGINS = ("auth_providers", "auto_update", "blueprints", "demo_cluster", "kubernetes")


def missing(name: str, message: str) -> NoReturn:
    """Skip because of what is missing; fail where ``ONECLICK_TEST_REQUIRE`` asks for it."""
    if {"all", name} & set(os.environ.get("ONECLICK_TEST_REQUIRE", "").replace(" ", "").split(",")):
        pytest.fail(message)
    pytest.skip(message)


def copy_tree(target: Path) -> Path:
    """Copy what git knows of this tree, and the built pages."""
    if not (BUILT / "index.html").exists():
        missing("ui", "The pages are not built: make ui.")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in listed.stdout.decode().split("\0"):
        if name and (ROOT / name).is_file() and not name.startswith(("tests/", "bench/")):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    built = target / BUILT.relative_to(ROOT)
    shutil.copytree(BUILT, built)
    # The pages in a working tree may be a developer's own build: here they count as built from this source.
    script = "import hatch_build as h; h.STAMP.write_text(h.fingerprint())"
    subprocess.run([sys.executable, "-c", script], cwd=target, check=True)
    return target


def without(tree: Path, *plugins: str) -> None:
    """Take plugins out of a tree: the folder, the entry point, the line that packs it."""
    project = tree / "pyproject.toml"
    text = project.read_text()
    for plugin in plugins:
        shutil.rmtree(tree / "plugins" / f"oneclick_{plugin}")
        text, count = re.subn(
            rf'^{plugin} = "oneclick_{plugin}"\n|^ *"plugins/oneclick_{plugin}",\n', "", text, flags=re.M
        )
        assert count == 2
    project.write_text(text)


def build(tree: Path, kind: str, **environ: str) -> Path:
    """Build a wheel or an sdist of a tree; return its file."""
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", "dist"],
        cwd=tree,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (found,) = (tree / "dist").glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return found


@pytest.fixture
def install(tmp_path: Path) -> Callable[[Path], Path]:
    """Return a function that installs a wheel in an environment of its own and returns its ``bin`` folder.

    The dependencies are this environment's, seen as plain files: its editable installation of One-Click is not.
    """

    def install_wheel(wheel: Path) -> Path:
        venv = tmp_path / "venv"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
        site = next(venv.glob("lib/python*/site-packages"))
        (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
        subprocess.run(
            [sys.executable, "-m", "pip", "--python", venv / "bin" / "python", "install", "--quiet", "--no-deps",
             "--no-index", "--ignore-installed", wheel],
            check=True,
        )  # fmt: skip
        return venv / "bin"

    return install_wheel
