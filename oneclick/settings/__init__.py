"""The settings that superusers edit: PocketBase's own (contract §8.1) and a section for each plugin that has some."""

from oneclick.settings.store import Settings

__all__ = ["Settings"]
