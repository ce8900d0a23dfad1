"""Label selectors and field selectors, as text in a query and as objects in a spec."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from oneclick_demo_cluster.machinery.errors import bad_request
from oneclick_demo_cluster.machinery.objects import Obj, dig

Match = Callable[[Obj], bool]

_SET = re.compile(r"(?P<key>[^\s!=,()]+)\s+(?P<operator>in|notin)\s*\((?P<values>[^)]*)\)")
_TERM = re.compile(r"(?P<key>[^\s!=,()]+)\s*(?P<operator>==|=|!=)\s*(?P<value>[^\s,=!()]*)")
_EXISTS = re.compile(r"(?P<not>!?)\s*(?P<key>[^\s!=,()]+)")


def label_matcher(text: str) -> Match | None:
    """Compile a ``labelSelector``; ``None`` when it selects everything."""
    if not text.strip():
        return None
    checks = [_label_term(term.strip(), text) for term in _terms(text)]
    return lambda obj: all(check(obj["metadata"].get("labels") or {}) for check in checks)


def field_matcher(text: str) -> Match | None:
    """Compile a ``fieldSelector`` (``a.b=c``, ``a.b!=c``)."""
    if not text.strip():
        return None
    checks = []
    for term in text.split(","):
        match = re.fullmatch(r"\s*([\w./-]+?)\s*(==|=|!=)(.*)", term)
        if match is None:
            raise bad_request(f"unable to parse field selector: invalid selector: '{text}'; can't understand '{term}'")
        checks.append((match[1].split("."), match[2] != "!=", match[3].strip()))
    return lambda obj: all((_field(obj, path) == value) is equal for path, equal, value in checks)


def matches_labels(selector: Mapping[str, Any] | None, labels: Mapping[str, str]) -> bool:
    """Whether a LabelSelector object selects ``labels``; an empty one selects all, ``None`` nothing."""
    if selector is None:
        return False
    if any(labels.get(key) != value for key, value in (selector.get("matchLabels") or {}).items()):
        return False
    return all(_expression(entry, labels) for entry in selector.get("matchExpressions") or ())


def _expression(entry: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    key, operator, values = entry.get("key", ""), entry.get("operator"), entry.get("values") or ()
    if operator == "In":
        return labels.get(key) in values
    if operator == "NotIn":
        return key not in labels or labels[key] not in values
    return (key in labels) is (operator == "Exists")


def _terms(text: str) -> list[str]:
    """Split at commas that stand outside parentheses."""
    return [term for term in re.split(r",(?![^(]*\))", text) if term.strip()]


def _label_term(term: str, whole: str) -> Callable[[Mapping[str, str]], bool]:
    if match := _SET.fullmatch(term):
        key, values = match["key"], {value.strip() for value in match["values"].split(",")}
        if match["operator"] == "in":
            return lambda labels: labels.get(key) in values
        return lambda labels: key not in labels or labels[key] not in values
    if match := _TERM.fullmatch(term):
        key, value = match["key"], match["value"]
        if match["operator"] == "!=":
            return lambda labels: labels.get(key) != value
        return lambda labels: labels.get(key) == value
    if match := _EXISTS.fullmatch(term):
        key, wanted = match["key"], not match["not"]
        return lambda labels: (key in labels) is wanted
    raise bad_request(f'unable to parse requirement: found "{term}" in "{whole}"')


def _field(obj: Obj, path: list[str]) -> str:
    value = dig(obj, *path, default="")
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
