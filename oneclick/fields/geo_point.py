"""A place on earth."""

from __future__ import annotations

from typing import Any, ClassVar

import orjson

from oneclick.errors import FieldErrors, field_error
from oneclick.fields.base import ColumnType, Field
from oneclick.fields.casting import plain_number


def _coordinate(value: Any) -> int | float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return plain_number(value)
    return 0


class GeoPointField(Field, frozen=True, kw_only=True, rename="camel"):
    """A longitude and a latitude in degrees; 0, 0 counts as empty."""

    type: ClassVar[str] = "geoPoint"

    @property
    def column_type(self) -> ColumnType:
        """JSON text."""
        return "json"

    def zero(self) -> dict[str, int | float]:
        """Return the point at 0, 0."""
        return {"lon": 0, "lat": 0}

    def normalise(self, value: Any) -> dict[str, int | float]:
        """Read an object, or JSON text of one."""
        if isinstance(value, str):
            try:
                value = orjson.loads(value)
            except orjson.JSONDecodeError:
                value = None
        if not isinstance(value, dict):
            return self.zero()
        return {"lon": _coordinate(value.get("lon")), "lat": _coordinate(value.get("lat"))}

    def check_value(self, value: dict[str, int | float]) -> FieldErrors | None:
        """Check that the point is on the globe."""
        if not -90 <= value["lat"] <= 90:
            text = "Latitude must be between -90 and 90 degrees."
            return field_error("validation_invalid_latitude", text)
        if not -180 <= value["lon"] <= 180:
            text = "Longitude must be between -180 and 180 degrees."
            return field_error("validation_invalid_longitude", text)
        return None

    def to_db(self, value: dict[str, int | float]) -> str:
        """Write JSON text."""
        return orjson.dumps(value).decode()

    def from_db(self, stored: Any) -> dict[str, int | float]:
        """Read JSON text."""
        return self.normalise(stored)
