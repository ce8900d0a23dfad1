"""Casting as the real PocketBase 0.40.6 does it (each line was observed there)."""

import math

import pytest

from oneclick.fields import NewFile, field_from_dict

OPTIONS = {
    "select": {"values": ["a", "b", "c", "5", "true"]},
    "relation": {"collectionId": "x"},
}


def field(kind, **options):
    return field_from_dict({"type": kind, "name": "f", **OPTIONS.get(kind, {}), **options})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1.5, "1.5"),
        (2.0, "2"),
        (1e21, "1000000000000000000000"),
        (1e-7, "0.0000001"),
        (True, "true"),
        (None, ""),
        ([], ""),
        ({"a": 1}, ""),
        (" x ", " x "),
    ],
)
@pytest.mark.parametrize("kind", ["text", "editor", "email", "url"])
def test_text(kind, value, expected):
    assert field(kind).normalise(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("7", 7),
        ("1e3", 1000),
        ("1_000", 1000),
        (" 7 ", 0),
        ("0x10", 0),
        ("+5", 5),
        (".5", 0.5),
        ("5.", 5),
        ("1e400", 0),
        ("٣", 0),
        (True, 1),
        ([], 0),
        ({}, 0),
        (None, 0),
        (-0.0, 0),
        (1e22, 1e22),
        (10**400, math.inf),
    ],
)
def test_number(value, expected):
    found = field("number").normalise(value)
    assert found == expected
    assert isinstance(found, int) or not found.is_integer() or abs(found) > 2**53


@pytest.mark.parametrize("value", [True, 1, 2, -1, 0.5, "1", "t", "T", "true", "TRUE", "True"])
def test_true(value):
    assert field("bool").normalise(value) is True


@pytest.mark.parametrize("value", [False, 0, "0", "2", "yes", "on", "", None, [], {}, [1]])
def test_false(value):
    assert field("bool").normalise(value) is False


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-01-02", "2024-01-02 00:00:00.000Z"),
        ("2024-01-02T03:04:05", "2024-01-02 03:04:05.000Z"),
        ("2024-01-02T03:04:05+02:00", "2024-01-02 01:04:05.000Z"),
        ("2024-01-02 03:04:05.123456", "2024-01-02 03:04:05.123Z"),
        ("2024-01-02T03:04:05.9999Z", "2024-01-02 03:04:05.999Z"),
        ("2024-01-02 03:04:05,5Z", "2024-01-02 03:04:05.500Z"),
        ("2024-01-02 03:04:05 +0200", "2024-01-02 01:04:05.000Z"),
        ("2024-01-02 03:04:05 +02:00", "2024-01-02 01:04:05.000Z"),
        ("2024-01-02 03:04:05+0200", "2024-01-02 01:04:05.000Z"),
        ("Mon, 02 Jan 2006 15:04:05 MST", "2006-01-02 15:04:05.000Z"),
        ("Mon, 02 Jan 2006 15:04:05 -0700", "2006-01-02 22:04:05.000Z"),
        ("02 Jan 2006", "2006-01-02 00:00:00.000Z"),
        ("Mon Jan  2 15:04:05 2006", "2006-01-02 15:04:05.000Z"),
        ("Monday, 02-Jan-06 15:04:05 MST", "2006-01-02 15:04:05.000Z"),
        ("02 Jan 06 15:04 MST", "2006-01-02 15:04:00.000Z"),
        ("2006-01-02 15:04:05.999 +0200 CEST", "2006-01-02 13:04:05.999Z"),
        ("9999-12-31 23:59:59.999Z", "9999-12-31 23:59:59.999Z"),
        ("0099-01-01", "0099-01-01 00:00:00.000Z"),
        ("0001-01-01", ""),
        ("9999-12-31 23:59:59-01:00", ""),
        ("2024-02-30", ""),
        ("2024-02-30 00:00:00.000Z", ""),
        ("2024-02-29 00:00:00.000Z", "2024-02-29 00:00:00.000Z"),
        ("2024-01-02 03:04", ""),
        ("2024-01-02 03:04:05+02", ""),
        ("2024-01-02 24:00:00", ""),
        ("2024-01-02 03:04:60", ""),
        ("2024-01-02 03:04:05 Z", ""),
        ("2024-01-02Z", ""),
        ("2024-1-2", ""),
        (" 2024-01-02", ""),
        ("Jan 2 2024", ""),
        ("1704164645", ""),
        (1704164645, ""),
        (True, ""),
        (None, ""),
    ],
)
@pytest.mark.parametrize("kind", ["date", "autodate"])
def test_date(kind, value, expected):
    assert field(kind, onCreate=True).normalise(value) == expected


@pytest.mark.parametrize(
    ("value", "several", "single"),
    [
        (5, ["5"], "5"),
        (True, ["true"], "true"),
        ('["a","b"]', ["a", "b"], "b"),
        ("a,b", ["a,b"], "a,b"),
        ("[5]", ["[5]"], "[5]"),
        ("[]", [], ""),
        ("[a", ["[a"], "[a"),
        (["a", 5, True], ["a", "5", "true"], "true"),
        ({"a": 1}, [], ""),
        ([["a"]], [], ""),
        (["a", "", "a", "b"], ["a", "b"], "b"),
        (["a", ""], ["a"], "a"),
        (None, [], ""),
        ("", [], ""),
    ],
)
@pytest.mark.parametrize("kind", ["select", "relation", "file"])
def test_one_or_several(kind, value, several, single):
    assert field(kind, maxSelect=3).normalise(value) == several
    assert field(kind).normalise(value) == single


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", ""),
        ("null", None),
        ("true", True),
        ("5", 5),
        ("-", "-"),
        ("1.5x", "1.5x"),
        ('"a"', "a"),
        ('"a', '"a'),
        ("[1,2", "[1,2"),
        ('{"a":1}', {"a": 1}),
        (" [1]", " [1]"),
        ("nul", "nul"),
        ("01", "01"),
        (None, None),
        ([1], [1]),
        (5, 5),
    ],
)
def test_json(value, expected):
    kind = field("json")
    assert kind.normalise(value) == expected
    assert kind.from_db(kind.to_db(kind.normalise(value))) == expected


@pytest.mark.parametrize(
    ("value", "lon", "lat"),
    [
        ({"lon": 5, "lat": 6}, 5, 6),
        ('{"lon":5.5,"lat":-6}', 5.5, -6),
        ({"lon": "7"}, 0, 0),
        ({"lon": 1, "x": 3}, 1, 0),
        ([1, 2], 0, 0),
        ("x", 0, 0),
        (5, 0, 0),
        (None, 0, 0),
    ],
)
def test_geo_point(value, lon, lat):
    kind = field("geoPoint")
    found = kind.normalise(value)
    assert found == {"lon": lon, "lat": lat}
    assert kind.from_db(kind.to_db(found)) == found


@pytest.mark.parametrize(
    ("kind", "options", "modifier", "current", "value", "expected"),
    [
        ("number", {}, "f+", 3, "2", 5),
        ("number", {}, "f-", 3, 5, -2),
        ("select", {"maxSelect": 3}, "f+", ["a"], "b", ["a", "b"]),
        ("select", {"maxSelect": 3}, "f+", ["a"], ["a", "c"], ["a", "c"]),
        ("select", {"maxSelect": 3}, "+f", ["a"], ["b"], ["b", "a"]),
        ("select", {"maxSelect": 3}, "f-", ["a", "b"], "a", ["b"]),
        ("relation", {}, "f+", "a", "b", "b"),
        ("relation", {}, "f-", "a", "a", ""),
        ("file", {"maxSelect": 2}, "f-", ["a", "b"], ["a"], ["b"]),
        ("text", {"autogeneratePattern": "x{3}"}, "f:autogenerate", "old", "new-", "new-xxx"),
    ],
)
def test_modifiers(kind, options, modifier, current, value, expected):
    assert field(kind, **options).apply_modifier(current, modifier, value) == expected


def test_a_modifier_of_another_type_is_refused():
    with pytest.raises(ValueError, match="bool fields do not take f"):
        field("bool").apply_modifier(True, "f+", 1)


def test_new_files_stay_objects_until_they_are_stored():
    new = NewFile("My Photo.JPEG", 3, "image/jpeg", open=lambda: None)
    kind = field("file", maxSelect=2)
    value = kind.normalise(["old.png", new])
    assert value == ["old.png", new]
    assert kind.to_json(value) == ["old.png", new.name]
    assert kind.from_db(kind.to_db(value)) == ["old.png", new.name]
    assert new.name.startswith("my_photo_")
    assert new.name.endswith(".JPEG")
