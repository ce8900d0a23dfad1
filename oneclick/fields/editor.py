"""HTML from a rich text editor."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from oneclick.errors import FieldErrors, field_error
from oneclick.fields import leaves
from oneclick.fields.text import PlainTextField

DEFAULT_MAX_SIZE = 5 << 20


class EditorField(PlainTextField, frozen=True, kw_only=True, rename="camel"):
    """HTML, bounded by its size in bytes."""

    type: ClassVar[str] = "editor"

    max_size: int = 0
    convert_urls: bool = msgspec.field(default=False, name="convertURLs")

    def check_value(self, value: str) -> FieldErrors | None:
        """Check the size."""
        limit = self.max_size or DEFAULT_MAX_SIZE
        if len(value.encode()) <= limit:
            return None
        text = f"The maximum allowed content size is {limit} bytes."
        return field_error("validation_content_size_limit", text, {"maxSize": limit})

    def check_type_options(self) -> dict[str, FieldErrors]:
        """Check that the bound is none or positive."""
        return {"maxSize": leaves.too_small(0)} if self.max_size < 0 else {}
