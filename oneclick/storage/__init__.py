"""Where records' files lie: ``{collection id}/{record id}/{name}`` below a root."""

from oneclick.storage.local import LocalStorage, StoredFile

__all__ = ["LocalStorage", "StoredFile"]
