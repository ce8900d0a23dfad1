"""docs/plugins.md names every public name, and its examples are complete."""

from pathlib import Path

import pytest

import oneclick

PAGE = (Path(__file__).parents[2] / "docs" / "plugins.md").read_text()


@pytest.mark.parametrize("name", oneclick.__all__)
def test_public_name_is_documented(name: str) -> None:
    assert f"`{name}" in PAGE
    assert getattr(oneclick, name) is not None


def test_example_compiles() -> None:
    code = PAGE.split("```python", 1)[1].split("```", 1)[0]
    compile(code, "docs/plugins.md", "exec")
