"""``oneclick`` on the command line."""

from oneclick.cli.group import main

__all__ = ["main"]
