"""docs/hooks.md is what the contract says, and the contract explains each hook."""

import importlib.util
import inspect
from pathlib import Path
from types import FunctionType

import pytest

import oneclick_hooks

_spec = importlib.util.spec_from_file_location("hooks_page", Path(__file__).with_name("hooks_page.py"))
assert _spec is not None
assert _spec.loader is not None
hooks_page = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(hooks_page)

HOOKS = [hook for module in oneclick_hooks.SPECIFICATIONS for hook in hooks_page.specifications(module)]


def test_page_is_the_contract() -> None:
    assert hooks_page.PAGE.read_text() == hooks_page.render()


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook.__name__)
def test_hook_says_what_it_promises(hook: FunctionType) -> None:
    assert len((inspect.getdoc(hook) or "").split()) >= 4
