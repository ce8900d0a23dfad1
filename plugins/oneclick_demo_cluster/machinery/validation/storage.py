"""Claims, secrets and config maps."""

from __future__ import annotations

import base64
import re

import orjson

from oneclick_demo_cluster.machinery import quantities
from oneclick_demo_cluster.machinery.errors import cause, forbidden_value, invalid_value, required, unsupported
from oneclick_demo_cluster.machinery.objects import Obj, dig
from oneclick_demo_cluster.machinery.validation.metadata import Causes

ACCESS_MODES = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")
MOST_DATA_BYTES = 1024 * 1024
KEY = re.compile(r"[-._a-zA-Z0-9]+")
KEY_TEXT = (
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or "
    "'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
)


def check_claim(obj: Obj) -> Causes:
    """Check a PersistentVolumeClaim."""
    spec = obj.get("spec") or {}
    causes: Causes = []
    modes = spec.get("accessModes") or []
    if not modes:
        causes.append(required("spec.accessModes", "at least 1 access mode is required"))
    causes += [unsupported("spec.accessModes", mode, ACCESS_MODES) for mode in modes if mode not in ACCESS_MODES]
    size = dig(spec, "resources", "requests", "storage")
    if size is None:
        causes.append(required("spec.resources[storage]"))
    elif quantities.parse(size) <= 0:
        causes.append(invalid_value("spec.resources[storage]", size, "must be greater than zero"))
    return causes


def check_claim_change(old: Obj, new: Obj) -> Causes:
    """Of a bound claim only the requested size may change, and only upwards; of another nothing."""
    free = ("resources", "volumeName") if dig(old, "status", "phase") == "Bound" else ("volumeName",)

    def fixed(claim: Obj) -> Obj:
        return {key: value for key, value in claim["spec"].items() if key not in free}

    if fixed(old) != fixed(new):
        text = (
            "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"
        )
        return [forbidden_value("spec", text)]
    before = quantities.parse(dig(old, "spec", "resources", "requests", "storage", default="0"))
    after = quantities.parse(dig(new, "spec", "resources", "requests", "storage", default="0"))
    if after < before:
        return [forbidden_value("spec.resources.requests.storage", "field can not be less than status.capacity")]
    return []


def check_secret(obj: Obj) -> Causes:
    """Check a Secret."""
    data = obj.get("data") or {}
    causes = _check_data(data, "data")
    needed = {"kubernetes.io/dockerconfigjson": [".dockerconfigjson"], "kubernetes.io/tls": ["tls.crt", "tls.key"]}
    for key in needed.get(obj.get("type", ""), ()):
        if key not in data:
            causes.append(required(f"data[{key}]"))
        elif key == ".dockerconfigjson":
            try:
                orjson.loads(base64.b64decode(data[key]))
            except ValueError:
                causes.append(invalid_value(f"data[{key}]", "<secret contents redacted>", "invalid character"))
    return causes


def check_secret_change(old: Obj, new: Obj) -> Causes:
    """A secret's type never changes."""
    if old.get("type") != new.get("type"):
        return [invalid_value("type", new.get("type"), "field is immutable")]
    return check_immutable_data(old, new)


def check_config_map(obj: Obj) -> Causes:
    """Check a ConfigMap."""
    return _check_data(obj.get("data") or {}, "data")


def check_immutable_data(old: Obj, new: Obj) -> Causes:
    """What is marked immutable stays as it is."""
    if old.get("immutable") and (old.get("data") != new.get("data") or not new.get("immutable")):
        return [forbidden_value("data", "field is immutable when `immutable` is set")]
    return []


def _check_data(data: Obj, path: str) -> Causes:
    causes = [invalid_value(f"{path}[{key}]", key, KEY_TEXT) for key in data if not KEY.fullmatch(key)]
    if sum(len(value) for value in data.values()) > MOST_DATA_BYTES * 4 // 3:
        causes.append(cause("FieldValueTooLong", path, f"Too long: may not be more than {MOST_DATA_BYTES} bytes"))
    return causes
