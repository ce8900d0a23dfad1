"""Serving the browser UI: the built one, or a folder of the operator's."""

from oneclick.web.pages import blueprint, install

__all__ = ["blueprint", "install"]
