"""What all field types have in common."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Literal, Self

import msgspec

from oneclick.errors import FieldErrors, field_error
from oneclick.fields import leaves

ColumnType = Literal["text", "real", "bool", "json"]
Modifier = Literal["f+", "+f", "f-", "f:autogenerate"]
"""How a key in a body changes a value instead of replacing it; ``f`` stands for the field's name."""

RESERVED_NAMES = frozenset(("null", "true", "false", "_rowid_", "_rowid", "collectionId", "collectionName", "expand"))
MAX_HELP = 300

_NAME = re.compile(r"\w+", re.ASCII)


def split_modifier(key: str) -> tuple[str, Modifier | None]:
    """Split a body's key: ``tags+`` is ``("tags", "f+")``, ``title`` is ``("title", None)``."""
    if key.endswith(":autogenerate"):
        return key.removesuffix(":autogenerate"), "f:autogenerate"
    if key.endswith("+"):
        return key[:-1], "f+"
    if key.endswith("-"):
        return key[:-1], "f-"
    if key.startswith("+"):
        return key[1:], "+f"
    return key, None


class Field(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One field of a collection: its options, and how its values are cast, checked, stored and shown.

    Attributes are PocketBase's options in snake case (``maxSelect`` is ``max_select``). Use
    :func:`msgspec.structs.replace` for a changed copy.
    """

    type: ClassVar[str] = ""
    modifiers: ClassVar[tuple[Modifier, ...]] = ()
    has_required: ClassVar[bool] = True

    id: str = ""
    name: str = ""
    system: bool = False
    hidden: bool = False
    presentable: bool = False
    required: bool = False
    help: str = ""

    @property
    def column_type(self) -> ColumnType:
        """The kind of column that holds the values."""
        return "text"

    @property
    def is_multiple(self) -> bool:
        """Whether a value is a list."""
        return False

    @property
    def can_be_multiple(self) -> bool:
        """Whether fields of this type may hold lists (``:each`` and ``:length`` need it)."""
        return False

    def zero(self) -> Any:
        """Return the value of a field that was never set."""
        return ""

    def normalise(self, value: Any) -> Any:
        """Cast what a client sent to this field's kind of value; never fails, at worst returns the zero value."""
        raise NotImplementedError

    def is_empty(self, value: Any) -> bool:
        """Whether ``value`` counts as missing for ``required``."""
        return bool(value == self.zero())

    def validate(self, value: Any) -> FieldErrors | None:
        """Check a normalised value against the options, as far as that needs no database."""
        if problem := self.check_limits(value):
            return problem
        if self.is_empty(value):
            return leaves.required() if self.required else None
        return self.check_value(value)

    def check_limits(self, value: Any) -> FieldErrors | None:
        """Check what must hold of a normalised value before rules and plugins see it.

        Both databases must be able to hold it, and work on it must be bounded.
        """
        return None

    def check_value(self, value: Any) -> FieldErrors | None:
        """Check a normalised value that is not empty."""
        return None

    def to_db(self, value: Any) -> Any:
        """Return what is stored for a normalised value."""
        return value

    def from_db(self, stored: Any) -> Any:
        """Return the value of what was stored; ``None`` (a column older than the field) is the zero value."""
        return self.zero() if stored is None else stored

    def to_json(self, value: Any) -> Any:
        """Return what clients see of a value."""
        return value

    def apply_modifier(self, current: Any, modifier: Modifier, value: Any) -> Any:
        """Return the normalised value after ``modifier``. Raises ``ValueError`` for one that the type lacks."""
        if modifier not in self.modifiers:
            raise ValueError(f"{self.type} fields do not take {modifier}")
        return self.normalise(self._modified(current, modifier, value))

    def _modified(self, current: Any, modifier: Modifier, value: Any) -> Any:
        raise NotImplementedError

    def check_options(self) -> dict[str, FieldErrors]:
        """Return what is wrong with the definition, by option; empty when all is well."""
        errors = self.check_type_options()
        if problem := self._check_name():
            errors["name"] = problem
        if len(self.help) > MAX_HELP:
            errors["help"] = leaves.length_out_of_range(1, MAX_HELP)
        return errors

    def check_type_options(self) -> dict[str, FieldErrors]:
        """Check the options that this type adds."""
        return {}

    def _check_name(self) -> FieldErrors | None:
        if not self.name:
            return leaves.required()
        if len(self.name) > 100:
            return leaves.length_out_of_range(1, 100)
        if not _NAME.fullmatch(self.name):
            return leaves.unmatched()
        if self.name in RESERVED_NAMES:
            return field_error("validation_not_in_invalid", "Must not be in list.")
        if "_via_" in self.name.lower():
            return field_error("validation_found_via", 'The value cannot contain "_via_".')
        return None

    def to_dict(self) -> dict[str, Any]:
        """Return the definition as JSON shows it, keys in alphabetical order."""
        options: dict[str, Any] = msgspec.to_builtins(self)
        options["type"] = self.type
        if not self.has_required:
            del options["required"], options["help"]
        return dict(sorted(options.items()))

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Read a definition; unknown options are ignored. Raises ``ValueError`` for an option of the wrong kind."""
        given = {name: value for name, value in data.items() if value is not None}
        try:
            return msgspec.convert(given, cls)
        except msgspec.ValidationError as error:
            raise ValueError(str(error)) from error
