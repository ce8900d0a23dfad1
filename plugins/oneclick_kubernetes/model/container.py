"""What a container is given: variables, secrets, resources, security context (contracts/one-click.md §2.1)."""

from __future__ import annotations

import re
from typing import Annotated

from msgspec import Meta

from oneclick_kubernetes.model.problems import Problem
from oneclick_kubernetes.model.scalars import INT32, Cpu, EnvName, LooseText, Memory, Part, checked

_CAPABILITY = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)


def capability_problem(name: str) -> Problem | None:
    """Check a capability's name; the runtimes want it without ``CAP_``."""
    if name.upper().startswith("CAP_"):
        return "validation_invalid_value", f"must be written without CAP_: {name[4:40]}"
    if not _CAPABILITY.fullmatch(name):
        return "validation_invalid_value", "must be a capability such as NET_BIND_SERVICE or ALL"
    return None


Id = Annotated[int, Meta(ge=0, le=INT32)]
Capability = Annotated[str, checked("A Linux capability.", capability_problem)]


class Variable(Part, frozen=True, kw_only=True):
    """A plain variable."""

    name: EnvName
    value: LooseText


class SecretVariable(Part, frozen=True, kw_only=True):
    """A variable whose value is secret; it is kept in a Secret and never sent out."""

    name: Annotated[EnvName, Meta(extra={"trim": True})]
    value: LooseText


class Amounts(Part, frozen=True, kw_only=True):
    """CPU and memory."""

    cpu: Cpu
    memory: Memory


class Resources(Part, frozen=True, kw_only=True):
    """What a container is promised and what it may use at most."""

    requests: Amounts
    limits: Amounts


class Capabilities(Part, frozen=True, kw_only=True):
    """Capabilities given to and taken from the container."""

    add: tuple[Capability, ...] = ()
    drop: tuple[Capability, ...] = ()


class SecurityContext(Part, frozen=True, kw_only=True):
    """As whom and with which rights the container runs. What is not given is left to the image and the cluster."""

    fs_group: Id | None = None
    run_as_user: Id | None = None
    run_as_group: Id | None = None
    allow_privilege_escalation: bool | None = None
    run_as_non_root: bool | None = None
    read_only_root_filesystem: bool | None = None
    privileged: bool | None = None
    capabilities: Capabilities | None = None
