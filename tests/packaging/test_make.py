"""``make`` says in a sentence what a machine lacks. The Pythons here are stand-ins that answer as such would."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / ".make" / "venv"
TOOLS = ("sh", "dirname", "env")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A PATH with next to nothing on it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in TOOLS:
        (folder / tool).symlink_to(str(shutil.which(tool)))
    return folder


def python(folder: Path, name: str, version: tuple[int, int], venv: bool = True) -> None:
    """Put a stand-in on the PATH that has a version, and perhaps the venv module."""
    minor = version[1]
    stand_in = folder / name
    stand_in.write_text(f"""#!/bin/sh
case "$*" in
  --version) echo "Python 3.{minor}.0" ;;
  *'< (3, 11)'*) exit {int(minor < 11)} ;;
  *ensurepip*) exit {int(not venv)} ;;
  *'< (3, 13)'*) exit {int(minor < 13)} ;;
  *sysconfig*) echo /nowhere ;;
  *'-m venv --clear'*) echo "made with $0" ;;
esac
""")
    stand_in.chmod(0o755)


def run(path: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", SCRIPT, "venv"],
        env={"PATH": str(path), **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_best_python_is_taken(path: Path) -> None:
    python(path, "python3", (3, 9))
    python(path, "python3.11", (3, 11))
    assert "python3.11" in run(path).stdout
    python(path, "python3.12", (3, 12))
    assert "python3.12" in run(path).stdout


def test_no_python_is_new_enough(path: Path) -> None:
    python(path, "python3", (3, 9))
    done = run(path)
    assert done.returncode == 1
    assert done.stderr.startswith("One-Click needs Python 3.11 or newer; found: Python 3.9.0.")
    python(path, "old", (3, 10))
    assert run(path, PYTHON="old").stderr == "PYTHON is old: One-Click needs Python 3.11 or newer.\n"


def test_no_virtual_environments(path: Path) -> None:
    python(path, "python3", (3, 11), venv=False)
    assert "install its venv package (Debian: apt install python3-venv)" in run(path).stderr


def test_later_pythons_are_told_what_is_missing_for_compiling(path: Path) -> None:
    python(path, "python3", (3, 14))
    done = run(path)
    assert done.returncode == 1
    assert "Python 3.14.0 has to compile the embedded Redis" in done.stderr
    for what in ("a C compiler (Debian: gcc)", "make", "Python's headers (Debian: python3-dev)"):
        assert what in done.stderr
    (path / "cc").symlink_to("/bin/true")
    assert "C compiler" not in run(path).stderr.splitlines()[0]


def test_every_target_is_explained() -> None:
    command = ["make", "--no-print-directory", "help"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in ("serve", "test", "test-cluster", "lint", "soak", "ui", "lock"):
        assert f"make {target} " in listed
