"""Names, labels and annotations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from oneclick_demo_cluster.machinery import kinds
from oneclick_demo_cluster.machinery.errors import cause, invalid_value, required
from oneclick_demo_cluster.machinery.kinds import Kind
from oneclick_demo_cluster.machinery.objects import Obj

LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
LABEL_VALUE = re.compile(r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?")
LABEL_KEY = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")
MOST_ANNOTATION_BYTES = 256 * 1024

LABEL_TEXT = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with "
    "an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
SUBDOMAIN_TEXT = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
VALUE_TEXT = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)
KEY_TEXT = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)

Causes = list[dict[str, str]]


def check_label(field: str, name: str) -> Causes:
    """Check a DNS label (63 characters)."""
    if len(name) > 63:
        return [invalid_value(field, name, "must be no more than 63 characters")]
    return [] if LABEL.fullmatch(name) else [invalid_value(field, name, LABEL_TEXT)]


def check_subdomain(field: str, name: str, longest: int = 253) -> Causes:
    """Check a DNS subdomain."""
    if len(name) > longest:
        return [invalid_value(field, name, f"must be no more than {longest} characters")]
    return [] if SUBDOMAIN.fullmatch(name) else [invalid_value(field, name, SUBDOMAIN_TEXT)]


def check_metadata(kind: Kind, obj: Obj) -> Causes:
    """Check the name by the kind's rule, labels and annotations."""
    metadata = obj["metadata"]
    name = metadata.get("name", "")
    if not name:
        return [required("metadata.name", "name or generateName is required")]
    if kind in (kinds.NAMESPACES, kinds.SERVICES):
        causes = check_label("metadata.name", name)
    elif kind is kinds.CRON_JOBS:
        causes = check_subdomain("metadata.name", name, 52)
    else:
        causes = check_subdomain("metadata.name", name)
    causes += check_labels("metadata.labels", metadata.get("labels") or {})
    annotations = metadata.get("annotations") or {}
    for key in annotations:
        causes += check_key("metadata.annotations", key)
    if sum(len(key) + len(value) for key, value in annotations.items()) > MOST_ANNOTATION_BYTES:
        text = f"Too long: may not be more than {MOST_ANNOTATION_BYTES} bytes"
        causes.append(cause("FieldValueTooLong", "metadata.annotations", text))
    return causes


def check_labels(field: str, labels: Mapping[str, Any]) -> Causes:
    """Check label keys and values."""
    causes: Causes = []
    for key, value in labels.items():
        causes += check_key(field, key)
        if len(value) > 63:
            causes.append(invalid_value(field, value, "must be no more than 63 characters"))
        elif not LABEL_VALUE.fullmatch(value):
            causes.append(invalid_value(field, value, VALUE_TEXT))
    return causes


def check_key(field: str, key: str) -> Causes:
    """Check a qualified name (of a label, of an annotation)."""
    prefix, slash, name = key.rpartition("/")
    if slash and not SUBDOMAIN.fullmatch(prefix):
        return [invalid_value(field, key, "prefix part " + SUBDOMAIN_TEXT)]
    if len(name) > 63:
        return [invalid_value(field, key, "name part must be no more than 63 characters")]
    return [] if LABEL_KEY.fullmatch(name) else [invalid_value(field, key, KEY_TEXT)]
