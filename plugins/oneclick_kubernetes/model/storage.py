"""Volumes (contracts/one-click.md §2.1)."""

from __future__ import annotations

import posixpath
from typing import Annotated, ClassVar

from oneclick_kubernetes import names
from oneclick_kubernetes.model.problems import Problem
from oneclick_kubernetes.model.scalars import Part, Storage, checked


def mount_path_problem(path: str) -> Problem | None:
    """Check where a volume is mounted."""
    if not path.startswith("/") or ":" in path or "\0" in path:
        return "validation_invalid_path", "must be an absolute path without ':', such as /data"
    if not clean_path(path).strip("/"):
        return "validation_invalid_path", "must not be the root of the container's file system"
    return None


def clean_path(path: str) -> str:
    """Return the one way to write a path, for comparing two."""
    return "/" + posixpath.normpath(path).lstrip("/")


class Volume(Part, frozen=True, kw_only=True):
    """A claim for storage that outlives the containers, mounted into them."""

    # The original's UI stored its own key with each volume.
    ignored: ClassVar[frozenset[str]] = frozenset({"id"})

    name: Annotated[
        str,
        checked(
            "Its name, unique among the volumes: lower-case letters, digits and -.",
            names.composed_label(),
            maxLength=names.LABEL_LENGTH - names.ID_LENGTH - 1,
        ),
    ]
    mount_path: Annotated[
        str, checked("Where the container sees it: an absolute path, one a volume, not /.", mount_path_problem)
    ]
    size: Storage
    storage_class: Annotated[
        str,
        checked("The storage class; empty: the cluster's default.", names.subdomain_problem, blank=True, maxLength=253),
    ] = ""
