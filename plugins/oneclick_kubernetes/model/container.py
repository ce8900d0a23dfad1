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
    value: Annotated[LooseText, Meta(description="Its value.")]


class SecretVariable(Part, frozen=True, kw_only=True):
    """A variable whose value is secret; it is kept in a Secret of the cluster and never sent out."""

    name: Annotated[EnvName, Meta(extra={"trim": True})]
    value: Annotated[
        LooseText,
        Meta(description="Its value. Answers show oc-secret:… in its place, which keeps the value when sent."),
    ]


class Amounts(Part, frozen=True, kw_only=True):
    """CPU and memory of one pod."""

    cpu: Cpu
    memory: Memory


class Resources(Part, frozen=True, kw_only=True):
    """What a container is promised and what it may use at most."""

    requests: Annotated[Amounts, Meta(description="What each pod is promised; not above the limits.")]
    limits: Annotated[Amounts, Meta(description="What each pod may use at most.")]


class Capabilities(Part, frozen=True, kw_only=True):
    """Capabilities given to and taken from the container."""

    add: Annotated[tuple[Capability, ...], Meta(description="Those to give, without CAP_.")] = ()
    drop: Annotated[tuple[Capability, ...], Meta(description="Those to take away, without CAP_; ALL: every one.")] = ()


class SecurityContext(Part, frozen=True, kw_only=True):
    """As whom and with which rights the container runs. What is not given is left to the image and the cluster."""

    fs_group: Annotated[Id | None, Meta(description="The id of the group that owns the volumes' files.")] = None
    run_as_user: Annotated[Id | None, Meta(description="The user's id; 0 is root.")] = None
    run_as_group: Annotated[Id | None, Meta(description="The group's id; 0 is root's.")] = None
    allow_privilege_escalation: Annotated[
        bool | None, Meta(description="Whether a process may gain more rights than its parent's.")
    ] = None
    run_as_non_root: Annotated[bool | None, Meta(description="Refuse to start the container as root.")] = None
    read_only_root_filesystem: Annotated[
        bool | None, Meta(description="Let the container write to its volumes alone.")
    ] = None
    privileged: Annotated[bool | None, Meta(description="All rights of the node. Most clusters refuse it.")] = None
    capabilities: Annotated[Capabilities | None, Meta(description="Parts of root's rights, one by one.")] = None
