"""From a path to the resource that it names."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

from oneclick_demo_cluster.machinery.errors import method_not_allowed, no_such_path
from oneclick_demo_cluster.machinery.kinds import BY_PATH, NAMESPACES, Kind


@dataclass(frozen=True, slots=True)
class Target:
    """A resource: all of a kind, those of a namespace, or one; perhaps a subresource of it."""

    kind: Kind
    namespace: str = ""
    name: str = ""
    subresource: str = ""


def resolve(path: str) -> Target:
    """Return what ``/api/v1/…`` or ``/apis/group/version/…`` names. Raises a 404."""
    parts = [unquote(part) for part in path.split("/") if part]
    match parts:
        case ["api", version, *rest]:
            group = ""
        case ["apis", group, version, *rest]:
            pass
        case _:
            raise no_such_path()
    namespace = ""
    # "namespaces/x/status" is the namespace's own subresource, "namespaces/x/pods" a list inside it.
    if len(rest) > 2 and rest[0] == "namespaces" and not (not group and rest[2] in NAMESPACES.subresources):
        namespace, rest = rest[1], rest[2:]
    kind = BY_PATH.get((group, version, rest[0])) if rest else None
    if kind is None or len(rest) > 3 or (namespace and not kind.namespaced):
        raise no_such_path()
    name = rest[1] if len(rest) > 1 else ""
    subresource = rest[2] if len(rest) > 2 else ""
    if subresource and subresource not in kind.subresources:
        raise no_such_path()
    if name and kind.namespaced and not namespace:
        raise no_such_path()
    return Target(kind, namespace, name, subresource)


VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch"}


def verb_of(method: str, target: Target, *, watch: bool) -> str:
    """Return the verb of a request. Raises a 405."""
    if method in ("GET", "HEAD"):
        verb = "watch" if watch else "get" if target.name else "list"
    elif method == "DELETE":
        verb = "delete" if target.name else "deletecollection"
    else:
        verb = VERBS.get(method, "")
    # Changes name their object; a creation does not, unless it creates a subresource (an eviction).
    named = bool(target.name) and not (verb == "create" and target.subresource)
    wrong = verb in VERBS.values() and named != (verb in ("update", "patch"))
    if verb not in target.kind.verbs or wrong:
        raise method_not_allowed()
    return verb
