"""From a request's body to an object of known shape: types checked, quantities canonical, nulls gone."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import orjson
import yaml

from oneclick_demo_cluster.machinery import quantities
from oneclick_demo_cluster.machinery.errors import StatusError, bad_request, cause
from oneclick_demo_cluster.machinery.fieldtypes import (
    FLAGS,
    LIMIT_MAPS,
    LISTS,
    NUMBERS,
    QUANTITIES,
    QUANTITY_MAPS,
    TEXT_LISTS,
    TEXT_MAPS,
    TEXTS,
)
from oneclick_demo_cluster.machinery.kinds import SECRETS, Kind
from oneclick_demo_cluster.machinery.objects import Obj


def parse_body(raw: bytes, content_type: str) -> Any:
    """Read a JSON or YAML body. Raises a 400."""
    if "protobuf" in content_type or "cbor" in content_type:
        raise StatusError(415, "UnsupportedMediaType", "the body of the request was in an unknown format")
    try:
        if "yaml" in content_type and raw[:1] not in (b"{", b"["):
            return yaml.load(raw, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  (both are safe)
        return orjson.loads(raw)
    except (orjson.JSONDecodeError, yaml.YAMLError) as error:
        raise bad_request(f"couldn't get version/kind; json parse error: {error}") from error


def decode(kind: Kind, body: Any) -> Obj:
    """Return the object that a body holds, made canonical. Raises a 400 that names what is wrong.

    A Secret's ``stringData`` is left to :func:`settle_text`.
    """
    if not isinstance(body, dict):
        raise bad_request("the object provided is unrecognized (must be of type " + kind.kind + ")")
    body = _canonical(kind, body, ())
    body.setdefault("apiVersion", kind.api_version)
    body.setdefault("kind", kind.kind)
    if (body["apiVersion"], body["kind"]) != (kind.api_version, kind.kind):
        raise bad_request(
            f"the API version in the data ({body['apiVersion']}, {body['kind']}) does not match the expected API "
            f"version ({kind.api_version}, {kind.kind})"
        )
    if not isinstance(body.setdefault("metadata", {}), dict):
        raise _wrong(kind, ("metadata",), body["metadata"], "ObjectMeta")
    if kind is SECRETS:
        _check_base64(body)
    return body  # type: ignore[no-any-return]


def _canonical(kind: Kind, value: Any, path: tuple[str, ...]) -> Any:
    """Walk through the object: drop nulls, check types by field name, write quantities canonically."""
    if isinstance(value, list):
        return [_canonical(kind, item, path) for item in value]
    if not isinstance(value, dict):
        return value
    result: Obj = {}
    for key, inner in value.items():
        if inner is None:
            continue
        below = (*path, key)
        if key == "managedFields":
            result[key] = inner
        elif key in TEXT_MAPS and path != ("status",):
            result[key] = _text_map(kind, below, inner)
        elif key in QUANTITY_MAPS and isinstance(inner, dict):
            result[key] = {name: _quantity(kind, (*below, name), text) for name, text in inner.items()}
        elif key in LIMIT_MAPS and path == ("spec", "limits"):
            result[key] = {name: _quantity(kind, (*below, name), text) for name, text in dict(inner).items()}
        elif key == "value" and inner == "" and path[-1:] == ("env",):
            continue  # empty text is left out when an object is written
        elif key in QUANTITIES:
            result[key] = _quantity(kind, below, inner)
        else:
            _check_type(kind, below, inner)
            result[key] = _canonical(kind, inner, below)
    return result


def _text_map(kind: Kind, path: tuple[str, ...], value: Any) -> Obj:
    if not isinstance(value, dict):
        raise _wrong(kind, path, value, "map[string]string")
    for key, text in value.items():
        if text is not None and not isinstance(text, str):
            raise _wrong(kind, (*path, key), text, "string")
    return {key: text or "" for key, text in value.items()}


def _quantity(kind: Kind, path: tuple[str, ...], value: Any) -> str:
    try:
        return quantities.canonical(value)
    except quantities.QuantityError:
        text = f"quantities must match the regular expression '{quantities.PATTERN}'"
        field = ".".join(path)
        raise bad_request(
            f'{kind.kind} in version "{kind.version}" cannot be handled as a {kind.kind}: {text}',
            [cause("FieldValueInvalid", field, f'Invalid value: "{value}": {text}')],
        ) from None


def _check_type(kind: Kind, path: tuple[str, ...], value: Any) -> None:
    name = path[-1]
    text = name in TEXTS or (name == "value" and path[-2:-1] and path[-2] in ("env", "tolerations", "httpHeaders"))
    if text and not isinstance(value, str):
        raise _wrong(kind, path, value, "string")
    if name in NUMBERS and (isinstance(value, bool) or not isinstance(value, int)):
        raise _wrong(kind, path, value, "int32")
    if name in FLAGS and not isinstance(value, bool):
        raise _wrong(kind, path, value, "bool")
    if (name in LISTS or name in TEXT_LISTS) and not isinstance(value, list):
        raise _wrong(kind, path, value, "[]string" if name in TEXT_LISTS else "list")
    if name in TEXT_LISTS:
        for item in value:
            if not isinstance(item, str):
                raise _wrong(kind, path, item, "string")
    if name in LISTS and any(not isinstance(item, dict) for item in value) and path[-2:] != ("status", "ports"):
        raise _wrong(kind, path, value, "list of objects")
    if name in ("spec", "template", "resources", "securityContext") and not isinstance(value, dict):
        raise _wrong(kind, path, value, "object")


def _wrong(kind: Kind, path: tuple[str, ...], value: Any, wanted: str) -> StatusError:
    name = {bool: "bool", int: "number", float: "number", str: "string", list: "array"}.get(type(value), "object")
    field = ".".join(path)
    text = f"json: cannot unmarshal {name} into Go struct field {kind.kind}.{field} of type {wanted}"
    return bad_request(
        f'{kind.kind} in version "{kind.version}" cannot be handled as a {kind.kind}: {text}',
        [cause("FieldValueInvalid", field, text)],
    )


def settle_text(kind: Kind, obj: Obj) -> None:
    """Write a Secret's ``stringData`` into its ``data``, as the API server does once an object is merged."""
    if kind is SECRETS:
        for key, text in obj.pop("stringData", {}).items():
            obj.setdefault("data", {})[key] = base64.b64encode(text.encode()).decode()


def _check_base64(body: Obj) -> None:
    for key, text in (body.get("data") or {}).items():
        try:
            base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            raise bad_request(
                'Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 0',
                [cause("FieldValueInvalid", f"data.{key}", "illegal base64 data")],
            ) from None
