"""Container images (contracts/one-click.md §2.1)."""

from __future__ import annotations

import re
from typing import Annotated

from msgspec import Meta

from oneclick_kubernetes.model.problems import Problem
from oneclick_kubernetes.model.scalars import Part, checked

_HOST = (
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:.]+\])"
)
_REGISTRY = re.compile(rf"{_HOST}(?::(\d{{1,5}}))?", re.ASCII)
_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REPOSITORY = re.compile(rf"{_COMPONENT}(?:/{_COMPONENT})*", re.ASCII)
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}(?:@sha256:[0-9a-f]{64})?", re.ASCII)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)
CODE = "validation_invalid_image"


def registry_problem(registry: str) -> Problem | None:
    """Check a registry: a host, with a port if needed."""
    match = _REGISTRY.fullmatch(registry) if len(registry) <= 255 else None
    if match is None:
        return CODE, "must be a registry's host such as docker.io or registry.example.com:5000, without scheme and path"
    if match[1] and not 1 <= int(match[1]) <= 65535:
        return CODE, "must have a port between 1 and 65535"
    return None


def repository_problem(repository: str) -> Problem | None:
    """Check a repository: lower-case path components."""
    if len(repository) > 255 or not _REPOSITORY.fullmatch(repository):
        return CODE, "must be a repository in lower case such as library/nginx, without registry and tag"
    return None


def tag_problem(tag: str) -> Problem | None:
    """Check a tag. A digest may follow it: then the content is fixed too."""
    if not _TAG.fullmatch(tag):
        return CODE, "must be a tag of at most 128 letters, digits, '_', '.' and '-', such as 1.25.4"
    return None


def digest_problem(digest: str) -> Problem | None:
    """Check a digest: the one kind that every registry has."""
    if not _DIGEST.fullmatch(digest):
        return CODE, "must be a digest: sha256: and 64 hexadecimal digits in lower case"
    return None


class Image(Part, frozen=True, kw_only=True):
    """An image, and the credentials to pull it when both are given.

    With a digest that very content runs, whatever the tag leads to later: the tag is then a name for people.
    """

    registry: Annotated[
        str, checked("The registry's host, with a port if needed: docker.io, ghcr.io.", registry_problem, maxLength=255)
    ]
    repository: Annotated[
        str, checked("The repository in it: library/nginx, acme/app.", repository_problem, maxLength=255)
    ]
    # YAML reads an unquoted 1.10 as the number 1.1: guessing would deploy another version.
    tag: Annotated[
        str,
        Meta(
            description="The tag, of at most 128 characters; a digest may follow it: 1.27@sha256:… In YAML in quotes.",
            min_length=1,
            extra={"check": tag_problem, "exact": True},
        ),
    ]
    digest: Annotated[
        str, checked("The content that runs, whatever the tag leads to: sha256:…", digest_problem, blank=True)
    ] = ""
    username: Annotated[str, Meta(description="Who pulls it, from a private registry.")] = ""
    password: Annotated[
        str,
        Meta(
            description="The password or token to pull it with; secret: answers show oc-secret:… in its place, which "
            "keeps it when sent."
        ),
    ] = ""

    @property
    def reference(self) -> str:
        """The image as Kubernetes wants it."""
        tagged = f"{self.registry}/{self.repository}:{self.tag}"
        return f"{tagged}@{self.digest}" if self.digest else tagged

    @property
    def has_credentials(self) -> bool:
        """Whether a pull secret is made."""
        return bool(self.username and self.password)
