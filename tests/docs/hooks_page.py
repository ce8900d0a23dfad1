"""Renders docs/hooks.md from the hook contract. ``python tests/docs/hooks_page.py`` writes it anew."""

import inspect
from pathlib import Path
from types import FunctionType, ModuleType

import oneclick_hooks

PAGE = Path(__file__).parents[2] / "docs" / "hooks.md"

HEAD = """# Hooks

A hook is a function that One-Click calls at a fixed moment. A plugin implements one by a function of the same name,
marked `@hookimpl`; see [plugins.md](plugins.md) for how to write and install one. A plain function runs before the
operation; a generator marked `@hookimpl(wrapper=True)` runs around it: what it does before its `yield` comes first, an
exception there stops the operation, and what comes after sees its result or its error. `@on("projects")` below
`@hookimpl` limits a record hook to collections.

The order among plugins is fixed: built-in ones, then installed ones by name, then the files in
`$ONECLICK_DATA/plugins` by file name.

This page is written from the contract itself, `hooks/oneclick_hooks`.
"""


def specifications(module: ModuleType) -> list[FunctionType]:
    """Return the hook specifications of ``module``, in the order in which they stand there."""
    return [
        value
        for value in vars(module).values()
        if isinstance(value, FunctionType) and hasattr(value, f"{oneclick_hooks.PROJECT}_spec")
    ]


def render() -> str:
    parts = [HEAD]
    for module in oneclick_hooks.SPECIFICATIONS:
        parts.append(f"## {module.__name__.rpartition('.')[2].replace('_', ' ').capitalize()}\n\n{_text(module)}\n")
        for function in specifications(module):
            signature = str(inspect.signature(function)).replace("'", "")
            parts.append(f"### `{function.__name__}{signature}`\n\n{_text(function)}\n")
    return "\n".join(parts)


def _text(documented: object) -> str:
    return (inspect.getdoc(documented) or "").replace("``", "`")


if __name__ == "__main__":
    PAGE.write_text(render())
