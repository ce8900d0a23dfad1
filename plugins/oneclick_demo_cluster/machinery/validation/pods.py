"""Pods, and the templates of pods."""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from oneclick_demo_cluster.machinery import quantities
from oneclick_demo_cluster.machinery.errors import (
    duplicate,
    field_not_found,
    forbidden_value,
    invalid_value,
    required,
    unsupported,
)
from oneclick_demo_cluster.machinery.objects import Obj
from oneclick_demo_cluster.machinery.validation.metadata import Causes, check_label, check_subdomain

PORT_NAME = re.compile(r"(?=.*[a-z])[a-z0-9]([-a-z0-9]*[a-z0-9])?")
PULL_POLICIES = ("Always", "IfNotPresent", "Never")
PROTOCOLS = ("TCP", "UDP", "SCTP")
EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc")
PORT_TEXT = "must be between 1 and 65535, inclusive"


def check_pod_spec(
    spec: Obj, path: str, restart_policies: tuple[str, ...] = ("Always", "OnFailure", "Never")
) -> Causes:
    """Check a pod's specification."""
    causes: Causes = []
    volumes = _volume_names(spec, path, causes)
    names: set[str] = set()
    containers = spec.get("containers") or []
    if not containers:
        causes.append(required(f"{path}.containers"))
    for field in ("initContainers", "containers"):
        for index, container in enumerate(spec.get(field) or ()):
            where = f"{path}.{field}[{index}]"
            causes += check_container(container, where, volumes)
            if container.get("name") in names:
                causes.append(duplicate(f"{where}.name", container["name"]))
            names.add(container.get("name", ""))
    if restart_policies and spec.get("restartPolicy") not in restart_policies:
        causes.append(unsupported(f"{path}.restartPolicy", spec.get("restartPolicy", ""), restart_policies))
    if account := spec.get("serviceAccountName"):
        causes += check_subdomain(f"{path}.serviceAccountName", account)
    for index, entry in enumerate(spec.get("tolerations") or ()):
        causes += _toleration(entry, f"{path}.tolerations[{index}]")
    for index, entry in enumerate(spec.get("hostAliases") or ()):
        causes += _host_alias(entry, f"{path}.hostAliases[{index}]")
    for field in ("runAsUser", "runAsGroup", "fsGroup"):
        number = (spec.get("securityContext") or {}).get(field, 0)
        if not 0 <= number <= 2147483647:
            text = "must be between 0 and 2147483647, inclusive"
            causes.append(invalid_value(f"{path}.securityContext.{field}", number, text))
    return causes


def check_container(container: Obj, path: str, volumes: set[str]) -> Causes:
    """Check one container."""
    causes: Causes = []
    if name := container.get("name"):
        causes += check_label(f"{path}.name", name)
    else:
        causes.append(required(f"{path}.name"))
    if not container.get("image"):
        causes.append(required(f"{path}.image"))
    if container.get("imagePullPolicy") not in PULL_POLICIES:
        causes.append(unsupported(f"{path}.imagePullPolicy", container.get("imagePullPolicy"), PULL_POLICIES))
    for index, port in enumerate(container.get("ports") or ()):
        causes += _port(port, f"{path}.ports[{index}]")
    for index, entry in enumerate(container.get("env") or ()):
        causes += _env(entry, f"{path}.env[{index}]")
    for entry in container.get("envFrom") or ():
        causes += _env_from(entry, f"{path}.envFrom")
    causes += _mounts(container, path, volumes)
    causes += check_resources(container.get("resources") or {}, f"{path}.resources")
    for name in PROBES:
        if name in container:
            causes += _probe(container[name], f"{path}.{name}", name)
    return causes


def check_resources(resources: Obj, path: str) -> Causes:
    """Requests must not be negative nor above their limits."""
    causes: Causes = []
    limits = resources.get("limits") or {}
    for group in ("limits", "requests"):
        for name, value in (resources.get(group) or {}).items():
            if quantities.parse(value) < 0:
                causes.append(invalid_value(f"{path}.{group}[{name}]", value, "must be greater than or equal to 0"))
            if group == "requests" and name in limits and quantities.parse(value) > quantities.parse(limits[name]):
                text = f"must be less than or equal to {name} limit of {limits[name]}"
                causes.append(invalid_value(f"{path}.requests", value, text))
    return causes


def _volume_names(spec: Obj, path: str, causes: Causes) -> set[str]:
    names: set[str] = set()
    for index, volume in enumerate(spec.get("volumes") or ()):
        where, name = f"{path}.volumes[{index}]", volume.get("name", "")
        causes += check_label(f"{where}.name", name) if name else [required(f"{where}.name")]
        if name in names:
            causes.append(duplicate(f"{where}.name", name))
        if len(set(volume) - {"name"}) > 1:
            causes.append(forbidden_value(where, "may not specify more than 1 volume type"))
        claim = volume.get("persistentVolumeClaim")
        if claim is not None and not claim.get("claimName"):
            causes.append(required(f"{where}.persistentVolumeClaim.claimName"))
        names.add(name)
    return names


def _mounts(container: Obj, path: str, volumes: set[str]) -> Causes:
    causes: Causes = []
    paths: set[str] = set()
    for index, mount in enumerate(container.get("volumeMounts") or ()):
        where, place = f"{path}.volumeMounts[{index}]", mount.get("mountPath", "")
        if not mount.get("name"):
            causes.append(required(f"{where}.name"))
        elif mount["name"] not in volumes:
            causes.append(field_not_found(f"{where}.name", mount["name"]))
        if not place:
            causes.append(required(f"{where}.mountPath"))
        elif place in paths:
            causes.append(invalid_value(f"{where}.mountPath", place, "must be unique"))
        if ".." in mount.get("subPath", "").split("/"):
            causes.append(invalid_value(f"{path}.volumeMounts.subPath", mount["subPath"], "must not contain '..'"))
        paths.add(place)
    return causes


def _port(port: Obj, path: str) -> Causes:
    causes: Causes = []
    if not port.get("containerPort"):
        causes.append(required(f"{path}.containerPort"))
    elif not 1 <= port["containerPort"] <= 65535:
        causes.append(invalid_value(f"{path}.containerPort", port["containerPort"], PORT_TEXT))
    if name := port.get("name"):
        causes += check_port_name(name, f"{path}.name")
    if port.get("protocol") not in PROTOCOLS:
        causes.append(unsupported(f"{path}.protocol", port.get("protocol"), PROTOCOLS))
    return causes


def check_port_name(name: str, path: str) -> Causes:
    """Check the name of a container's port (an IANA service name)."""
    if len(name) > 15:
        return [invalid_value(path, name, "must be no more than 15 characters")]
    if not PORT_NAME.fullmatch(name) or "--" in name:
        text = "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-), with at least one letter"
        return [invalid_value(path, name, text)]
    return []


def _env(entry: Obj, path: str) -> Causes:
    causes: Causes = []
    name = entry.get("name", "")
    if not name:
        causes.append(required(f"{path}.name"))
    elif "=" in name or not name.isprintable() or not name.isascii():
        text = "a valid environment variable name must consist only of printable ASCII characters other than '='"
        causes.append(invalid_value(f"{path}.name", name, text))
    if entry.get("value") and entry.get("valueFrom"):
        text = "may not be specified when `value` is not empty"
        causes.append(invalid_value(f"{path}.valueFrom", "", text))
    for source in ("secretKeyRef", "configMapKeyRef"):
        reference = (entry.get("valueFrom") or {}).get(source)
        if reference is not None:
            causes += [
                required(f"{path}.valueFrom.{source}.{key}") for key in ("name", "key") if not reference.get(key)
            ]
    return causes


def _env_from(entry: Obj, path: str) -> Causes:
    sources = [source for source in ("secretRef", "configMapRef") if source in entry]
    if len(sources) != 1:
        return [invalid_value(path, "", "must specify one of: `configMapRef` or `secretRef`")]
    if not entry[sources[0]].get("name"):
        return [required(f"{path}.{sources[0]}.name")]
    return []


def _probe(probe: Obj, path: str, name: str) -> Causes:
    causes: Causes = []
    handlers = [handler for handler in HANDLERS if handler in probe]
    if not handlers:
        causes.append(required(path, "must specify a handler type"))
    for extra in handlers[1:]:
        causes.append(forbidden_value(f"{path}.{extra}", "may not specify more than 1 handler type"))
    for handler in handlers[:1]:
        port = probe[handler].get("port") if handler != "exec" else 1
        if port is None:
            causes.append(required(f"{path}.{handler}.port"))
        elif isinstance(port, int) and not 1 <= port <= 65535:
            causes.append(invalid_value(f"{path}.{handler}.port", port, PORT_TEXT))
        elif isinstance(port, str):
            causes += check_port_name(port, f"{path}.{handler}.port")
    for field in ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"):
        if probe.get(field, 0) < 0:
            causes.append(invalid_value(f"{path}.{field}", probe[field], "must be greater than or equal to 0"))
    if name != "readinessProbe" and probe.get("successThreshold", 1) != 1:
        causes.append(invalid_value(f"{path}.successThreshold", probe["successThreshold"], "must be 1"))
    return causes


def _toleration(entry: Obj, path: str) -> Causes:
    causes: Causes = []
    operator: Any = entry.get("operator", "Equal")
    if operator not in ("Equal", "Exists"):
        causes.append(unsupported(f"{path}.operator", operator, ("Equal", "Exists")))
    if not entry.get("key") and operator != "Exists":
        text = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
        causes.append(invalid_value(f"{path}.operator", operator, text))
    if operator == "Exists" and entry.get("value"):
        causes.append(
            invalid_value(f"{path}.operator", entry["value"], "value must be empty when `operator` is 'Exists'")
        )
    if entry.get("effect") and entry["effect"] not in EFFECTS:
        causes.append(unsupported(f"{path}.effect", entry["effect"], EFFECTS))
    if "tolerationSeconds" in entry and entry.get("effect") != "NoExecute":
        text = "effect must be 'NoExecute' when `tolerationSeconds` is set"
        causes.append(invalid_value(f"{path}.effect", entry.get("effect", ""), text))
    return causes


def _host_alias(entry: Obj, path: str) -> Causes:
    causes: Causes = []
    try:
        ipaddress.ip_address(entry.get("ip", ""))
    except ValueError:
        text = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
        causes.append(invalid_value(f"{path}.ip", entry.get("ip", ""), text))
    for index, name in enumerate(entry.get("hostnames") or ()):
        causes += check_subdomain(f"{path}.hostnames[{index}]", name)
    return causes
