"""docs/commands.md is what the commands say of themselves."""

import importlib.util
from pathlib import Path

_spec = importlib.util.spec_from_file_location("commands_page", Path(__file__).with_name("commands_page.py"))
assert _spec is not None
assert _spec.loader is not None
commands_page = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(commands_page)


def test_page_is_what_the_commands_say() -> None:
    assert commands_page.PAGE.read_text() == commands_page.render()


def test_each_command_says_what_it_does() -> None:
    for name, command in commands_page.commands():
        assert command.help, name
