"""Files: records hold their names, the storage their content."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, BinaryIO, ClassVar

from oneclick.errors import FieldErrors, field_error
from oneclick.fields import leaves
from oneclick.fields.multiple import MultipleField
from oneclick.ids import LOWER, random_text

DEFAULT_MAX_SIZE = 5 << 20
MAX_NAME = 150
MAX_EXTENSION = 20

_THUMB = re.compile(r"(\d+x\d+[tbf]?)", re.ASCII)
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_NOT_EXTENSION = re.compile(r"[^\w.*+=#-]+", re.ASCII)


def stored_name(original: str, content_type: str = "") -> str:
    """Return the name under which an upload is kept (contract §7): its own in snake case, ten random characters, and
    its last one or two extensions (or the usual one of its content)."""
    name = PurePosixPath(original.replace("\\", "/")).name
    extension = _extension(name)
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.removesuffix(extension) if extension else name)
    stem = _NOT_WORD.sub("_", spaced.lower()).strip("_")[:100]
    if len(stem) < 3:
        stem += random_text(10, LOWER)
    kept = _NOT_EXTENSION.sub("", extension) or _usual_extension(content_type)
    if len(kept) > MAX_EXTENSION:
        kept = "." + kept[-MAX_EXTENSION:]
    return f"{stem}_{random_text(10, LOWER)}{kept}"


def _extension(name: str) -> str:
    """Return the last two dotted parts (``.tar.gz``), or the last one."""
    last = name.rfind(".")
    if last == -1:
        return ""
    before = name.rfind(".", 0, last)
    return name[last if before == -1 else before :]


def _usual_extension(content_type: str) -> str:
    return mimetypes.guess_extension(content_type.partition(";")[0].strip()) or ""


@dataclass(frozen=True, eq=False)
class NewFile:
    """A file on its way into a record; becomes its ``name`` once it is stored."""

    original_name: str
    size: int
    content_type: str
    open: Callable[[], BinaryIO] = field(repr=False)
    name: str = ""

    def __post_init__(self) -> None:
        if not self.name:
            object.__setattr__(self, "name", stored_name(self.original_name, self.content_type))

    def __str__(self) -> str:
        return self.name


class FileField(MultipleField, frozen=True, kw_only=True, rename="camel"):
    """One or several files. Values are names of stored files and :class:`NewFile` objects."""

    type: ClassVar[str] = "file"
    kept_types: ClassVar[tuple[Any, ...]] = (NewFile,)

    max_size: int = 0
    mime_types: tuple[str, ...] = ()
    thumbs: tuple[str, ...] = ()
    protected: bool = False

    @property
    def size_limit(self) -> int:
        """The largest file in bytes."""
        return self.max_size or DEFAULT_MAX_SIZE

    def new_files(self, value: Any) -> list[NewFile]:
        """Return the files in ``value`` that are not stored yet."""
        return [item for item in self.names(value) if isinstance(item, NewFile)]

    def to_db(self, value: Any) -> str:
        """Store the names."""
        names = [str(item) for item in self.names(value)]
        return super().to_db(names if self.is_multiple else (names[-1] if names else ""))

    def to_json(self, value: Any) -> Any:
        """Show the names."""
        return [str(item) for item in value] if self.is_multiple else str(value)

    def check_value(self, value: Any) -> FieldErrors | None:
        """Check the number of files, and size and kind of the new ones."""
        limit = max(self.max_select, 1)
        if len(self.names(value)) > limit:
            text = f"The maximum allowed files is {limit}."
            return field_error("validation_too_many_files", text, {"maxSelect": limit})
        return next((problem for new in self.new_files(value) if (problem := self._check_file(new))), None)

    def unknown_names(self, value: Any, stored: Any) -> FieldErrors | None:
        """Check that all names in ``value`` are those of new files or of ``stored`` ones."""
        have = set(self.names(stored))
        unknown = [item for item in self.names(value) if isinstance(item, str) and item not in have]
        if not unknown:
            return None
        text = f"Invalid new files: [{' '.join(unknown)}]."
        return field_error("validation_invalid_file", text, {"invalidFiles": unknown})

    def _check_file(self, new: NewFile) -> FieldErrors | None:
        if len(new.name) > MAX_NAME:
            text = f"The file name must be no more than {MAX_NAME} character(s)."
            return field_error("validation_invalid_file", text, {"file": new.original_name})
        if new.size > self.size_limit:
            text = f'Failed to upload "{new.original_name}" - the maximum allowed file size is {self.size_limit} bytes.'
            params = {"file": new.original_name, "maxSize": self.size_limit}
            return field_error("validation_file_size_limit", text, params)
        kind = new.content_type.partition(";")[0].strip().lower()
        if self.mime_types and kind not in {mime.partition(";")[0].strip().lower() for mime in self.mime_types}:
            text = f'Failed to upload "{new.original_name}" due to unsupported file type.'
            return field_error("validation_invalid_mime_type", text, {"file": new.original_name})
        return None

    def check_type_options(self) -> dict[str, FieldErrors]:
        """Check the bounds and the thumb sizes (``WxH``, ``WxHt``, ``WxHb``, ``WxHf``)."""
        errors: dict[str, FieldErrors] = {}
        if self.max_size < 0:
            errors["maxSize"] = leaves.too_small(0)
        if self.max_select < 0:
            errors["maxSelect"] = leaves.too_small(0)
        wrong = [index for index, thumb in enumerate(self.thumbs) if not _valid_thumb(thumb)]
        if wrong:
            errors["thumbs"] = {str(index): leaves.unmatched() for index in wrong}
        return errors


def _valid_thumb(thumb: str) -> bool:
    return bool(_THUMB.fullmatch(thumb)) and thumb.rstrip("tbf") != "0x0"
