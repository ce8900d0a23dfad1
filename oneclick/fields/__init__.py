"""Field types: how a collection's values are defined, cast, checked, stored and shown. No Flask, no I/O."""

from oneclick.fields.base import ColumnType, Field, Modifier, split_modifier
from oneclick.fields.boolean import BoolField
from oneclick.fields.date import AutodateField, DateField
from oneclick.fields.editor import EditorField
from oneclick.fields.email import EmailField
from oneclick.fields.file import FileField, NewFile
from oneclick.fields.geo_point import GeoPointField
from oneclick.fields.json import JsonField
from oneclick.fields.multiple import MultipleField
from oneclick.fields.number import NumberField
from oneclick.fields.password import Password, PasswordField
from oneclick.fields.registry import FIELD_TYPES, field_from_dict
from oneclick.fields.relation import RelationField
from oneclick.fields.select import SelectField
from oneclick.fields.text import TextField
from oneclick.fields.url import URLField

__all__ = [
    "FIELD_TYPES", "AutodateField", "BoolField", "ColumnType", "DateField", "EditorField", "EmailField", "Field",
    "FileField", "GeoPointField", "JsonField", "Modifier", "MultipleField", "NewFile", "NumberField", "Password",
    "PasswordField", "RelationField", "SelectField", "TextField", "URLField", "field_from_dict", "split_modifier",
]  # fmt: skip
