"""Pod Security: what a namespace's ``pod-security.kubernetes.io/enforce`` label lets pods do."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from oneclick_demo_cluster.machinery import kinds
from oneclick_demo_cluster.machinery.errors import forbidden
from oneclick_demo_cluster.machinery.objects import Obj, dig, labels_of, name_of, namespace_of
from oneclick_demo_cluster.machinery.store import Store

ENFORCE = "pod-security.kubernetes.io/enforce"
# fmt: off
BASELINE_CAPABILITIES = frozenset({
    "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP",
    "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
})
# fmt: on
RESTRICTED_VOLUMES = frozenset(
    {
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    }
)
SECCOMP = ("RuntimeDefault", "Localhost")

Found = Iterator[str]


def check_pod_security(store: Store, pod: Obj) -> None:
    """Raise a 403 that lists everything by which a new pod violates its namespace's level."""
    namespace = store.get(kinds.NAMESPACES, "", namespace_of(pod)) or {"metadata": {}}
    level = labels_of(namespace).get(ENFORCE, "privileged")
    if level not in ("baseline", "restricted"):
        return
    version = labels_of(namespace).get(f"{ENFORCE}-version", "latest")
    found = list(_baseline(pod["spec"], restricted=level == "restricted"))
    if level == "restricted":
        found += _restricted(pod["spec"])
    if found:
        text = f'violates PodSecurity "{level}:{version}": {", ".join(found)}'
        raise forbidden(kinds.PODS, name_of(pod), text)


def _baseline(spec: Obj, *, restricted: bool) -> Found:
    added = {name for container in _containers(spec) for name in _added(container)} - BASELINE_CAPABILITIES
    if added and not restricted:
        names = _which(spec, lambda container: set(_added(container)) - BASELINE_CAPABILITIES)
        shown = ", ".join(f'"{name}"' for name in sorted(added))
        yield f"non-default capabilities ({names} must not include {shown} in securityContext.capabilities.add)"
    shared = [f"{field}=true" for field in ("hostNetwork", "hostPID", "hostIPC") if spec.get(field)]
    if shared:
        yield f"host namespaces ({', '.join(shared)})"
    if names := _which(spec, lambda container: dig(container, "securityContext", "privileged")):
        yield f"privileged ({names} must not set securityContext.privileged=true)"
    paths = [volume["name"] for volume in spec.get("volumes") or () if "hostPath" in volume]
    if paths:
        yield f"hostPath volumes ({_listed('volume', paths)})"
    ports = [
        str(port["hostPort"])
        for container in _containers(spec)
        for port in container.get("ports") or ()
        if port.get("hostPort")
    ]
    if ports:
        names = _which(spec, lambda container: any(port.get("hostPort") for port in container.get("ports") or ()))
        yield f"hostPort ({names} uses hostPort{'s' if len(ports) > 1 else ''} {', '.join(ports)})"


def _restricted(spec: Obj) -> Found:
    pod = spec.get("securityContext") or {}
    if names := _which(spec, lambda c: dig(c, "securityContext", "allowPrivilegeEscalation") is not False):
        text = "must set securityContext.allowPrivilegeEscalation=false"
        yield f"allowPrivilegeEscalation != false ({names} {text})"
    yield from _capabilities(spec)
    wrong = [volume["name"] for volume in spec.get("volumes") or () if not set(volume) & RESTRICTED_VOLUMES]
    if wrong:
        yield f"restricted volume types ({_listed('volume', wrong)} uses restricted volume type)"

    def may_be_root(container: Obj) -> bool:
        return dig(container, "securityContext", "runAsNonRoot") is not True and pod.get("runAsNonRoot") is not True

    if names := _which(spec, lambda container: dig(container, "securityContext", "runAsNonRoot") is False):
        yield f"runAsNonRoot != true ({names} must not set securityContext.runAsNonRoot=false)"
    elif names := _which(spec, may_be_root):
        yield f"runAsNonRoot != true (pod or {names} must set securityContext.runAsNonRoot=true)"
    if pod.get("runAsUser") == 0:
        yield "runAsUser=0 (pod must not set runAsUser=0)"
    elif names := _which(spec, lambda container: dig(container, "securityContext", "runAsUser") == 0):
        yield f"runAsUser=0 ({names} must not set runAsUser=0)"

    def unconfined(container: Obj) -> bool:
        own = dig(container, "securityContext", "seccompProfile", "type")
        return (own or dig(pod, "seccompProfile", "type")) not in SECCOMP

    if names := _which(spec, unconfined):
        text = 'must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"'
        yield f"seccompProfile (pod or {names} {text})"


def _capabilities(spec: Obj) -> Found:
    parts = []
    dropping = _which(spec, lambda c: "ALL" not in dig(c, "securityContext", "capabilities", "drop", default=()))
    if dropping:
        parts.append(f'{dropping} must set securityContext.capabilities.drop=["ALL"]')
    added = {name for container in _containers(spec) for name in _added(container)} - {"NET_BIND_SERVICE"}
    if added:
        names = _which(spec, lambda container: set(_added(container)) - {"NET_BIND_SERVICE"})
        shown = ", ".join(f'"{name}"' for name in sorted(added))
        parts.append(f"{names} must not include {shown} in securityContext.capabilities.add")
    if parts:
        yield f"unrestricted capabilities ({'; '.join(parts)})"


def _containers(spec: Obj) -> list[Obj]:
    return [*(spec.get("initContainers") or ()), *(spec.get("containers") or ())]


def _added(container: Obj) -> list[str]:
    return dig(container, "securityContext", "capabilities", "add", default=[])  # type: ignore[no-any-return]


def _which(spec: Obj, holds: Callable[[Obj], object]) -> str:
    """Name the containers for which something holds; empty for none."""
    names = [container.get("name", "") for container in _containers(spec) if holds(container)]
    return _listed("container", names) if names else ""


def _listed(word: str, names: list[str]) -> str:
    quoted = ", ".join(f'"{name}"' for name in names)
    return f"{word}{'s' if len(names) > 1 else ''} {quoted}"
