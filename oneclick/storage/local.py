"""Files in a folder of this machine."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What is known of a stored file without opening it."""

    key: str
    size: int
    modified: datetime


class LocalStorage:
    """Keeps files below ``root``. Keys are relative paths with ``/``; one that would leave the root is refused."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, key: str, content: bytes | BinaryIO) -> None:
        """Store a file whole: nobody sees a half-written one."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as target:
                if isinstance(content, bytes):
                    target.write(content)
                else:
                    shutil.copyfileobj(content, target)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def open(self, key: str) -> BinaryIO:
        """Open a file for reading. Raises ``FileNotFoundError``."""
        return self._path(key).open("rb")

    def stat(self, key: str) -> StoredFile | None:
        """Return what is known of a file; ``None`` when there is none."""
        path = self._path(key)
        try:
            status = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        if not path.is_file():
            return None
        return StoredFile(key, status.st_size, datetime.fromtimestamp(status.st_mtime, UTC))

    def exists(self, key: str) -> bool:
        """Tell whether there is such a file."""
        return self.stat(key) is not None

    def delete(self, key: str) -> None:
        """Remove a file; nothing happens when there is none."""
        self._path(key).unlink(missing_ok=True)

    def delete_folder(self, prefix: str) -> None:
        """Remove all files below ``prefix``."""
        shutil.rmtree(self._path(prefix), ignore_errors=True)

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Yield the keys of all files below ``prefix``."""
        folder = self._path(prefix) if prefix else self.root
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.name.startswith(".new-"):
                yield path.relative_to(self.root).as_posix()

    def _path(self, key: str) -> Path:
        parts = PurePosixPath(key).parts
        if not parts or key.startswith("/") or ".." in parts or "\x00" in key:
            raise ValueError(f"{key!r} is not a storage key.")
        return self.root.joinpath(*parts)
