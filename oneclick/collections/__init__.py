"""Collections: what they are, how their tables follow, and the registry of those that there are."""

from oneclick.collections.model import ACTIONS, Collection
from oneclick.collections.registry import Collections

__all__ = ["ACTIONS", "Collection", "Collections"]
