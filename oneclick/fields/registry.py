"""All field types by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oneclick.fields.base import Field
from oneclick.fields.boolean import BoolField
from oneclick.fields.date import AutodateField, DateField
from oneclick.fields.editor import EditorField
from oneclick.fields.email import EmailField
from oneclick.fields.file import FileField
from oneclick.fields.geo_point import GeoPointField
from oneclick.fields.json import JsonField
from oneclick.fields.number import NumberField
from oneclick.fields.password import PasswordField
from oneclick.fields.relation import RelationField
from oneclick.fields.select import SelectField
from oneclick.fields.text import TextField
from oneclick.fields.url import URLField

FIELD_TYPES: Mapping[str, type[Field]] = {
    kind.type: kind
    for kind in (
        TextField, EditorField, NumberField, BoolField, EmailField, URLField, DateField, AutodateField,
        SelectField, FileField, RelationField, JsonField, PasswordField, GeoPointField,
    )
}  # fmt: skip


def field_from_dict(data: Mapping[str, Any]) -> Field:
    """Read one field definition in PocketBase's JSON shape. Raises ``ValueError`` for an unknown type, or for an
    option that is of the wrong kind."""
    kind = FIELD_TYPES.get(str(data.get("type", "")))
    if kind is None:
        raise ValueError(f"unknown field type {data.get('type')!r}")
    return kind.from_dict(dict(data))
