"""Reads plain JSON data into the manifest's structs and collects every problem on the way.

msgspec's own conversion stops at the first error. This walks the same type information, so the structs stay the one
description of the manifest: what is known, required, bounded and checked is all read from there.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import msgspec
from msgspec import inspect

from oneclick_kubernetes.model.problems import Path, Problems

T = TypeVar("T", bound=msgspec.Struct)

REQUIRED = "validation_required"
WRONG_TYPE = "validation_invalid_type"
UNKNOWN = "validation_unknown_field"
_BLANK = "Cannot be blank."
_LARGEST_NUMBER = 2**63


@cache
def described(type_: Any) -> inspect.Type:
    """Return msgspec's description of a type; making it takes far longer than reading a manifest."""
    return inspect.type_info(type_)


def read(type_: type[T], data: object, problems: Problems, path: Path) -> T:
    """Return ``data`` as ``type_``. Where something is wrong, a zero value stands and ``problems`` says what."""
    value = _read(described(type_), data, problems, path, {})
    if not isinstance(value, type_):  # pragma: no cover - described() answered for this very type
        raise TypeError(type_)
    return value


def _read(kind: inspect.Type, data: object, problems: Problems, path: Path, extra: dict[str, Any]) -> Any:
    if isinstance(kind, inspect.Metadata):
        return _read(kind.type, data, problems, path, {**extra, **(kind.extra or {})})
    if isinstance(kind, inspect.UnionType):
        # The only unions are "this or nothing".
        return None if data is None else _read(kind.types[0], data, problems, path, extra)
    reader = _READERS.get(type(kind))
    if reader is None:
        raise TypeError(f"the manifest's structs use {kind!r}, which has no reader")
    return reader(kind, data, problems, path, extra)


def _read_struct(kind: Any, data: object, problems: Problems, path: Path, extra: dict[str, Any]) -> Any:
    if not isinstance(data, dict):
        problems.add(path, *(_missing(data) or (WRONG_TYPE, "must be an object")))
        data = {}
    values = {field.name: _read_field(field, data, problems, path) for field in kind.fields}
    _refuse_unknown(kind, data, problems, path)
    return kind.cls(**values)


def _read_field(field: inspect.Field, data: dict[str, Any], problems: Problems, path: Path) -> Any:
    value = data.get(field.encode_name)
    if value is None:
        default = _default(field)
        if default is not msgspec.NODEFAULT:
            return default
    return _read(field.type, value, problems, (*path, field.encode_name), {})


def _default(field: inspect.Field) -> Any:
    """Return a field's default; a required one may name one in its schema, for the original's manifests have it."""
    if not field.required:
        return field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
    schema = field.type.extra_json_schema if isinstance(field.type, inspect.Metadata) else None
    return (schema or {}).get("default", msgspec.NODEFAULT)


def _refuse_unknown(kind: Any, data: dict[str, Any], problems: Problems, path: Path) -> None:
    ignored = kind.cls.ignored
    if "*" in ignored:
        return
    known = [field.encode_name for field in kind.fields]
    for name in data:
        if problems.full:
            return
        if name not in known and name not in ignored:
            problems.add((*path, str(name)), UNKNOWN, _unknown_sentence(str(name)[:100], known))


def _unknown_sentence(name: str, known: list[str]) -> str:
    by_lower = {candidate.lower(): candidate for candidate in known}
    nearest = difflib.get_close_matches(name.lower(), by_lower, 1, 0.5)
    if nearest:
        return f'There is no field "{name}" here; did you mean "{by_lower[nearest[0]]}"?'
    return f'There is no field "{name}" here; known are {", ".join(known)}.'


def _read_list(kind: Any, data: object, problems: Problems, path: Path, extra: dict[str, Any]) -> Any:
    if not isinstance(data, list | tuple):
        problems.add(path, WRONG_TYPE, "must be a list")
        return ()
    return tuple(_read(kind.item_type, item, problems, (*path, str(index)), {}) for index, item in enumerate(data))


def _read_dict(kind: Any, data: object, problems: Problems, path: Path, extra: dict[str, Any]) -> Any:
    if not isinstance(data, dict):
        problems.add(path, WRONG_TYPE, "must be an object")
        return {}
    return {
        _read(kind.key_type, key, problems, (*path, str(key)), {}): _read(
            kind.value_type, value, problems, (*path, str(key)), {}
        )
        for key, value in data.items()
    }


def _read_text(kind: Any, data: object, problems: Problems, path: Path, extra: dict[str, Any]) -> str:
    text = _as_text(data, extra)
    if text is None:
        problems.add(path, *(_missing(data) or (WRONG_TYPE, _text_wanted(data, extra))))
        return ""
    if extra.get("trim"):
        text = text.strip()
    if not text:
        if kind.min_length:
            problems.add(path, REQUIRED, _BLANK)
    elif "\0" in text or not _is_unicode(text):
        problems.add(path, "validation_invalid_value", "must be Unicode text without zero bytes")
    elif check := extra.get("check"):
        problems.add_all(path, check(text))
    return text


def _as_text(data: object, extra: dict[str, Any]) -> str | None:
    """Return text, and numbers (``cpu: 1``) as they are written; booleans only where any text will do."""
    if isinstance(data, str):
        return data
    if isinstance(data, bool):
        return str(data).lower() if extra.get("loose") else None
    if isinstance(data, int):
        return str(data) if abs(data) < _LARGEST_NUMBER else None
    if isinstance(data, float) and math.isfinite(data) and not extra.get("exact"):
        return str(int(data)) if data.is_integer() and abs(data) < _LARGEST_NUMBER else repr(data)
    return None


def _is_unicode(text: str) -> bool:
    """Tell whether a text can be written as UTF-8: JSON can smuggle in halves of a character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _text_wanted(data: object, extra: dict[str, Any]) -> str:
    if isinstance(data, float) and extra.get("exact"):
        return "must be written in quotes: as a number it would lose zeros at its end"
    return "must be a text"


def _read_number(kind: Any, data: object, problems: Problems, path: Path, extra: dict[str, Any]) -> int:
    if isinstance(data, float) and data.is_integer():
        data = int(data)
    if not isinstance(data, int) or isinstance(data, bool):
        problems.add(path, *(_missing(data) or (WRONG_TYPE, "must be a whole number")))
        return kind.ge or 0
    if kind.ge is not None and data < kind.ge:
        problems.add(path, "validation_min_greater_equal_than_required", f"must be no less than {kind.ge}")
    elif kind.le is not None and data > kind.le:
        problems.add(path, "validation_max_less_equal_than_required", f"must be no greater than {kind.le}")
    return data


def _read_flag(kind: Any, data: object, problems: Problems, path: Path, extra: dict[str, Any]) -> bool:
    if not isinstance(data, bool):
        problems.add(path, *(_missing(data) or (WRONG_TYPE, "must be true or false")))
    return data is True


def _missing(data: object) -> tuple[str, str] | None:
    return (REQUIRED, _BLANK) if data is None else None


_READERS: dict[type[inspect.Type], Callable[[Any, object, Problems, Path, dict[str, Any]], Any]] = {
    inspect.StructType: _read_struct,
    inspect.VarTupleType: _read_list,
    inspect.DictType: _read_dict,
    inspect.StrType: _read_text,
    inspect.IntType: _read_number,
    inspect.BoolType: _read_flag,
}
