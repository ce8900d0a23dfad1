"""Any JSON value, with parts that are secrets where the definition says so."""

from __future__ import annotations

import re
from typing import Any, ClassVar

import orjson

from oneclick.errors import FieldErrors, field_error
from oneclick.fields import leaves
from oneclick.fields.base import ColumnType, Field
from oneclick.fields.nesting import TOO_DEEP, is_too_deep

DEFAULT_MAX_SIZE = 1 << 20

_SECRET_PATH = re.compile(r"[A-Za-z_]\w*(\[\])?(\.[A-Za-z_]\w*(\[\])?)*", re.ASCII)


def _parsed(text: str) -> Any:
    """Return what a text stands for: JSON if it begins like JSON and is valid, else itself."""
    if text in ("null", "true", "false") or (text and (text[0] in '-"[{' or "0" <= text[0] <= "9")):
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            return text
    return text


class JsonField(Field, frozen=True, kw_only=True, rename="camel"):
    """A JSON value.

    ``secretPaths`` names parts that are sealed before they are stored (``spec.secrets[].value``; ``[]`` stands for
    each item of a list). ``secretOwner`` names the relation field whose id owns them, ``""`` the record itself.
    """

    type: ClassVar[str] = "json"

    max_size: int = 0
    secret_paths: tuple[str, ...] = ()
    secret_owner: str = ""

    @property
    def column_type(self) -> ColumnType:
        """JSON text."""
        return "json"

    def zero(self) -> None:
        """Return ``None``."""
        return

    def normalise(self, value: Any) -> Any:
        """Keep JSON values; a text that is valid JSON is parsed."""
        return _parsed(value) if isinstance(value, str) else value

    def is_empty(self, value: Any) -> bool:
        """Null, ``""``, ``[]`` and ``{}`` are empty."""
        return value is None or (isinstance(value, (str, list, dict)) and not value)

    def check_limits(self, value: Any) -> FieldErrors | None:
        """Check that it is JSON, without NUL characters (PostgreSQL cannot hold them), not too big, not too deep."""
        try:
            text = orjson.dumps(value)
        except TypeError:
            if is_too_deep(value):
                return field_error("validation_invalid_json", TOO_DEEP)
            return field_error("validation_invalid_json", "Must be a valid json value")
        if b"\\u0000" in text.replace(b"\\\\", b""):
            return field_error("validation_invalid_json", "Must be a valid json value")
        limit = self.max_size or DEFAULT_MAX_SIZE
        if len(text) > limit:
            message = f"The maximum allowed JSON size is {limit} bytes."
            return field_error("validation_json_size_limit", message, {"maxSize": limit})
        if is_too_deep(value):
            return field_error("validation_invalid_json", TOO_DEEP)
        return None

    def to_db(self, value: Any) -> str:
        """Write JSON text."""
        return orjson.dumps(value).decode()

    def from_db(self, stored: Any) -> Any:
        """Read JSON text; what a view yields is already a value."""
        if not isinstance(stored, str):
            return stored
        try:
            return orjson.loads(stored)
        except orjson.JSONDecodeError:
            return stored

    def check_type_options(self) -> dict[str, FieldErrors]:
        """Check the bound and the form of the secret paths."""
        errors: dict[str, FieldErrors] = {}
        if self.max_size < 0:
            errors["maxSize"] = leaves.too_small(0)
        wrong = [index for index, path in enumerate(self.secret_paths) if not _SECRET_PATH.fullmatch(path)]
        if wrong:
            errors["secretPaths"] = {str(index): leaves.invalid_format() for index in wrong}
        return errors

    def to_dict(self) -> dict[str, Any]:
        """Return the definition; the options about secrets only where they are used, as PocketBase has none."""
        options = super().to_dict()
        if not self.secret_paths:
            del options["secretPaths"], options["secretOwner"]
        return options
