"""What a name stands for: a macro, a literal, a value of the request, another collection's field, or a field."""

from __future__ import annotations

import re
from collections.abc import Mapping

from oneclick.filters import macros
from oneclick.filters.errors import FilterError
from oneclick.filters.operands import NULL, Operand, number, text, truth
from oneclick.filters.request_names import resolve_request
from oneclick.filters.resolver import Resolver

_ALLOWED = re.compile(
    r"\w[\w.:]*|@request\.(context|method|(auth|body|query|headers)\.[\w.:]*\w)|@collection\.\w+(:\w+)?\.[\w.:]*\w",
    re.ASCII,
)
_LITERALS: Mapping[str, Operand] = {"null": NULL, "true": truth(True), "false": truth(False)}


def resolve(resolver: Resolver, name: str) -> Operand:
    """Return what ``name`` stands for. Raises :class:`FilterError` for a name that stands for nothing."""
    if name in macros.NAMES:
        value = macros.value(name)
        return text(value) if isinstance(value, str) else number(value)
    if name.lower() in _LITERALS and resolver.collection.field(name) is None:
        return _LITERALS[name.lower()]
    if not _ALLOWED.fullmatch(name):
        raise FilterError(f"unknown name {name!r}")
    first, *rest = name.split(".")
    if first == "@collection":
        return resolver.other_collection(rest)
    if first == "@request":
        return resolve_request(resolver, rest)
    return resolver.follow(resolver.start(), [first, *rest], resolver.see_hidden)
