"""No code outside its plugin asks whether the cluster is a demonstration: one way to the cluster, whatever it is.

Importing the plugin is forbidden to the others by .importlinter; here its word is.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCES = ("oneclick", "hooks", "plugins")

SAID = {
    ("plugins/oneclick_kubernetes/cluster/connection.py", "the setting's values, and the sentences that name them"),
    ("plugins/oneclick_kubernetes/cluster_info.py", "the answer's key, made of the connection's notice"),
    ("plugins/oneclick_kubernetes/documentation.py", "the same key in the OpenAPI document"),
}


def words(path: Path) -> Iterator[str]:
    """Yield all names and texts of a module, without its docstrings."""
    tree = ast.parse(path.read_text())
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.keyword | ast.arg) and node.arg:
            yield node.arg


def test_no_other_code_speaks_of_it() -> None:
    found = {
        str(path.relative_to(ROOT))
        for source in SOURCES
        for path in (ROOT / source).rglob("*.py")
        if "oneclick_demo_cluster" not in path.parts and any("demo" in word.lower() for word in words(path))
    }
    assert found == {path for path, _ in SAID}


def test_no_code_decides_by_the_notice_or_the_mode() -> None:
    for path in (ROOT / "plugins" / "oneclick_kubernetes").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Compare):
                texts = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant)]
                assert "demo" not in texts, f"{path.name}:{node.lineno}"
