"""The base of the manifest's structs, and the kinds of text in it: each carries its own check.

A check is attached to a type, so the reader, the JSON Schema and the documentation have one source. ``default`` in a
type's schema marks a field that the original's CRD requires and that we also accept missing.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta

from oneclick_kubernetes import names, quantities
from oneclick_kubernetes.model.problems import Problem
from oneclick_kubernetes.names import Check

INT32 = 2**31 - 1


class Part(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True):
    """A part of the manifest. ``ignored`` names fields that are accepted and dropped (``*``: all unknown ones)."""

    ignored: ClassVar[frozenset[str]] = frozenset()


def checked(description: str, check: Check | None = None, *, blank: bool = False, **schema: Any) -> Meta:
    """Describe a kind of text; ``blank`` says whether it may be empty, in which case it is not checked."""
    return Meta(
        description=description,
        min_length=None if blank else 1,
        extra_json_schema=schema or None,
        extra={"check": check} if check else None,
    )


def one_of(*allowed: str) -> Check:
    """Return a check for a text out of a few."""
    listed = ", ".join(f'"{value}"' for value in allowed)

    def check(value: str) -> Problem | None:
        return None if value in allowed else ("validation_in_invalid", f"must be one of {listed}")

    return check


Cpu = Annotated[
    str,
    checked("CPU in cores: 0.5, or 500m for as many thousandths; 0 or more.", quantities.cpu_problem, maxLength=40),
]
Memory = Annotated[
    str,
    checked(
        "Memory in bytes, with a suffix such as Mi or Gi: 128Mi; 0, or at least one byte.",
        quantities.memory_problem,
        maxLength=40,
    ),
]
Storage = Annotated[
    str,
    checked(
        "The size in bytes, with a suffix such as Mi or Gi: 1Gi; at least one byte.",
        quantities.storage_problem,
        maxLength=40,
    ),
]
EnvName = Annotated[
    str, checked("Its name: letters, digits, _, - and ., no digit first.", names.env_name_problem, maxLength=253)
]
LooseText = Annotated[str, Meta(extra={"loose": True})]
"""Any text. Numbers and booleans, as YAML reads unquoted values, are taken as they are written in JSON."""
LabelKey = Annotated[str, checked("A label's key.", names.label_key_problem)]
LabelValue = Annotated[
    str,
    Meta(
        extra={"loose": True, "check": names.label_value_problem}, extra_json_schema={"maxLength": names.LABEL_LENGTH}
    ),
]
AnnotationKey = Annotated[str, checked("An annotation's key.", names.annotation_key_problem)]
Labels = dict[LabelKey, LabelValue]
Annotations = dict[AnnotationKey, LooseText]
Port = Annotated[int, Meta(ge=1, le=65535, description="A TCP port.")]
Count = Annotated[int, Meta(ge=0, le=INT32)]
AtLeastOne = Annotated[int, Meta(ge=1, le=INT32)]
