"""``geoDistance`` and ``strftime`` (§4.6)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import sqlalchemy as sa

from oneclick.filters.dialect import Dialect
from oneclick.filters.errors import FilterError
from oneclick.filters.nodes import Call, Identifier, Number, Term, Text
from oneclick.filters.operands import Column, Every, Kind, Operand

EARTH_RADIUS_KM = 6371
MAX_ARGUMENTS = 10

Resolve = Callable[[Term], Operand]


def call(dialect: Dialect, found: Call, resolve: Resolve) -> Operand:
    """Return the value of a function call."""
    if found.name == "geoDistance":
        return _geo_distance(dialect, found, resolve)
    if found.name == "strftime":
        return _strftime(dialect, found, resolve)
    raise FilterError(f"unknown function {found.name!r}", found.position)


def _geo_distance(dialect: Dialect, found: Call, resolve: Resolve) -> Operand:
    """Return the distance in kilometres along the great circle. Relations with several rows are matched by any."""
    if len(found.arguments) != 4:
        raise FilterError("geoDistance takes lonA, latA, lonB, latB", found.position)
    for argument in found.arguments:
        if not isinstance(argument, (Identifier, Number)):
            raise FilterError("geoDistance takes fields and numbers", argument.position)
    operands = [resolve(argument) for argument in found.arguments]
    joins = tuple(dict.fromkeys(join for operand in operands for join in operand.joins))
    guards = tuple(guard for operand in operands for guard in operand.guards)
    sql = _great_circle(*(dialect.radians(operand) for operand in operands))
    return Operand(sql, Kind.NUMBER, strict=True, joins=joins, guards=guards)


def _great_circle(lon_a: Column, lat_a: Column, lon_b: Column, lat_b: Column) -> Column:
    cosine = _f("cos", lat_a) * _f("cos", lat_b) * _f("cos", lon_b - lon_a) + _f("sin", lat_a) * _f("sin", lat_b)
    # Rounding may lead out of acos's domain, which is an error in one database and null in the other.
    clamped = sa.case((cosine > 1.0, 1.0), (cosine < -1.0, -1.0), else_=cosine)
    return sa.literal_column(str(EARTH_RADIUS_KM), sa.Double()) * _f("acos", clamped)


def _f(name: str, argument: Column) -> Column:
    return sa.Function(name, argument, type_=sa.Double())


def _strftime(dialect: Dialect, found: Call, resolve: Resolve) -> Operand:
    """Return a moment as text; null where it is none."""
    if not 1 <= len(found.arguments) <= MAX_ARGUMENTS:
        raise FilterError(f"strftime takes 1 to {MAX_ARGUMENTS} arguments", found.position)
    pattern, *rest = found.arguments
    if not isinstance(pattern, Text):
        raise FilterError("strftime's format must be a text", pattern.position)
    modifiers = _texts(rest[1:])
    if not rest:
        return Operand(dialect.time_text(pattern.value, None, ()), Kind.TEXT)
    if not isinstance(rest[0], (Text, Identifier, Number)):
        raise FilterError("strftime's time must be a field, a text or a number", rest[0].position)
    moment = resolve(rest[0])

    def formed(operand: Operand) -> Operand:
        return operand.on(dialect.time_text(pattern.value, operand, modifiers), Kind.TEXT, strict=False)

    every = moment.every
    if every is None:
        return formed(moment)

    def formed_every() -> Every:
        found = every()
        return replace(found, operand=formed(found.operand))

    return replace(formed(moment), every=formed_every)


def _texts(arguments: Sequence[Term]) -> list[str]:
    for argument in arguments:
        if not isinstance(argument, Text):
            raise FilterError("strftime's modifiers must be texts", argument.position)
    return [argument.value for argument in arguments if isinstance(argument, Text)]
