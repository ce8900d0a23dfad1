"""Pages of lists (contract §1.2)."""

from __future__ import annotations

import math
import re
from typing import Any

import flask

from oneclick.errors import BadRequest

PER_PAGE, MOST = 30, 1000
TRUE = ("1", "t", "T", "TRUE", "true", "True")
FALSE = ("0", "f", "F", "FALSE", "false", "False")


def paging() -> tuple[int, int]:
    """Return ``page`` and ``perPage`` of the request's query within their bounds. Raises ``BadRequest``."""
    page, per_page = _integer("page"), _integer("perPage")
    return max(page, 1), min(per_page, MOST) if per_page > 0 else PER_PAGE


def skips_total() -> bool:
    """Tell whether the query says ``skipTotal``. Raises ``BadRequest``."""
    text = flask.request.args.get("skipTotal", "")
    if text not in ("", *TRUE, *FALSE):
        raise BadRequest
    return text in TRUE


def page_of(items: list[Any], page: int, per_page: int, total: int | None) -> dict[str, Any]:
    """Return a page's JSON; ``total`` is ``None`` when it was not counted."""
    return {
        "items": items,
        "page": page,
        "perPage": per_page,
        "totalItems": -1 if total is None else total,
        "totalPages": -1 if total is None else math.ceil(total / per_page),
    }


def _integer(name: str) -> int:
    text = flask.request.args.get(name, "")
    if not text:
        return 0
    if not re.fullmatch(r"[+-]?\d{1,18}", text, re.ASCII):
        raise BadRequest
    return int(text)
