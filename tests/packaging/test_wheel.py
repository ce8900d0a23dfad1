"""What is packed: the built pages are in, a plugin that is left out is missed by nobody."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.house import House
from tests.packaging.conftest import PLUGINS, ROOT, build, copy_tree, without

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
# Nothing answers there: whatever would download something fails.
NO_REGISTRY = {"npm_config_registry": "http://127.0.0.1:1/"}
CORE_TESTS = ("api", "auth", "collections", "db", "fields", "filters", "jobs", "realtime", "records", "test_plugins.py")


def test_the_sdist_carries_the_built_pages_and_builds_without_npm(tmp_path: Path) -> None:
    sdist = build(copy_tree(tmp_path / "tree"), "sdist", **NO_REGISTRY)
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    (tree,) = (tmp_path / "unpacked").iterdir()
    assert (tree / "oneclick" / "web" / "static" / "index.html").exists()
    assert not (tree / "ui" / "node_modules").exists()
    wheel = build(tree, "wheel", **NO_REGISTRY)
    names = zipfile.ZipFile(wheel).namelist()
    assert "oneclick/web/static/index.html" in names
    assert "oneclick/web/static/_/index.html" in names
    assert any(name.startswith("oneclick/web/static/assets/") and name.endswith(".js") for name in names)
    assert "oneclick/py.typed" in names
    assert {f"oneclick_{plugin}/__init__.py" for plugin in PLUGINS} <= set(names)
    tops = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == {"oneclick", "oneclick_hooks", *(f"oneclick_{plugin}" for plugin in PLUGINS)}


def test_changed_pages_are_built_again(tmp_path: Path) -> None:
    tree = copy_tree(tmp_path / "tree")
    (tree / "ui" / "index.html").write_text("<!-- changed -->\n")
    done = subprocess.run(
        [shutil.which("python3") or "python3", "hatch_build.py"],
        cwd=tree, env={**os.environ, **NO_REGISTRY}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    # It tried: without a registry npm cannot.
    assert done.returncode != 0
    assert "npm error" in done.stderr


@pytest.mark.parametrize("plugin", PLUGINS)
def test_a_wheel_without_a_plugin_starts(plugin: str, tmp_path: Path, install: Callable[[Path], Path]) -> None:
    tree = copy_tree(tmp_path / "tree")
    without(tree, plugin)
    binaries = install(build(tree, "wheel"))
    house = House(tmp_path, ONECLICK_CLUSTER="none", python=str(binaries / "python"), cwd=str(tmp_path))
    try:
        listed = house.run("plugins").stdout
        assert f"{plugin} " not in listed
        assert listed.count(" on ") == len(PLUGINS) - 1, listed
        house.serve()
        assert house.healthy()
    finally:
        house.close()


def test_a_wheel_without_plugins_starts_and_passes_the_core_s_tests(
    tmp_path: Path, install: Callable[[Path], Path]
) -> None:
    tree = copy_tree(tmp_path / "tree")
    without(tree, *PLUGINS)
    binaries = install(build(tree, "wheel"))
    house = House(tmp_path, python=str(binaries / "python"), cwd=str(tmp_path))
    try:
        assert house.run("plugins").stdout == "There are no plugins.\n"
        house.serve()
        assert house.healthy()
    finally:
        house.close()
    place = tmp_path / "core"
    place.mkdir()
    for name in ("pyproject.toml", "wsgi.py", "gunicorn.conf.py"):
        shutil.copy2(ROOT / name, place / name)
    shutil.copytree(ROOT / "tests", place / "tests", ignore=shutil.ignore_patterns("kit", "__pycache__"))
    present = [f"tests/{name}" for name in CORE_TESTS if (place / "tests" / name).exists()]
    command = ["-m", "pytest", "-q", "-o", "pythonpath=.", "-m", "not postgresql and not slow", *present]
    done = subprocess.run([binaries / "python", *command], cwd=place, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-5000:]
