"""Files of records: stored before the transaction, removed when it is rolled back; old ones go after the commit."""

from __future__ import annotations

import logging
from typing import BinaryIO, Protocol

from oneclick.collections import Collection
from oneclick.fields import FileField, NewFile
from oneclick.records.record import Record

log = logging.getLogger(__name__)


class Storage(Protocol):
    """What records need of a file storage."""

    def put(self, key: str, content: bytes | BinaryIO) -> None:
        """Store a file whole."""
        ...

    def delete(self, key: str) -> None:
        """Remove a file; nothing happens when there is none."""
        ...

    def delete_folder(self, prefix: str) -> None:
        """Remove all files below ``prefix``."""
        ...


def folder(collection: Collection, record_id: str) -> str:
    """Return the folder of a record's files."""
    return f"{collection.id}/{record_id}"


def store_new(storage: Storage, record: Record) -> list[str]:
    """Store the record's new files, put their names in their place, and return the keys they got."""
    keys: list[str] = []
    try:
        for field in record.collection.file_fields:
            new = field.new_files(record[field.name]) if record.is_new or record.changed(field.name) else []
            for file in new:
                key = f"{folder(record.collection, record.id)}/{file.name}"
                with file.open() as content:
                    storage.put(key, content)
                keys.append(key)
            if new:
                _name(record, field)
    except BaseException:
        remove(storage, keys)
        raise
    return keys


def _name(record: Record, field: FileField) -> None:
    names = [item.name if isinstance(item, NewFile) else item for item in field.names(record[field.name])]
    record[field.name] = names if field.is_multiple else (names[-1] if names else "")


def dropped(record: Record) -> list[str]:
    """Return the keys of stored files that the record no longer has."""
    keys: list[str] = []
    for field in record.collection.file_fields:
        if not record.is_new and record.changed(field.name):
            kept = {str(item) for item in field.names(record[field.name])}
            gone = [name for name in field.names(record.original(field.name)) if name not in kept]
            for name in gone:
                place = folder(record.collection, record.id)
                keys += [f"{place}/{name}", f"{place}/thumbs_{name}/"]
    return keys


def remove(storage: Storage, keys: list[str]) -> None:
    """Remove files (and folders: keys that end in ``/``); what cannot be removed is logged."""
    for key in keys:
        try:
            if key.endswith("/"):
                storage.delete_folder(key.rstrip("/"))
            else:
                storage.delete(key)
        except OSError:
            log.exception("the file %s could not be removed", key)
