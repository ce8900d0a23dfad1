"""Definitions: what they look like in JSON, and what is wrong with them (as PocketBase 0.40.6 says it)."""

import pytest

from oneclick.fields import FIELD_TYPES, field_from_dict, split_modifier
from oneclick.fields.patterns import compiled, generate


def problems(**definition):
    found = field_from_dict({"name": "f", **definition}).check_options()
    return {name: leaf.get("code", leaf) for name, leaf in found.items()}


SMALL, LARGE = "validation_min_greater_equal_than_required", "validation_max_less_equal_than_required"


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ({"type": "text", "min": 5, "max": 3}, {"max": SMALL}),
        ({"type": "text", "min": -1}, {"min": SMALL}),
        ({"type": "text", "pattern": "("}, {"pattern": "validation_invalid_regex"}),
        ({"type": "text", "autogeneratePattern": "("}, {"autogeneratePattern": "validation_invalid_regex"}),
        ({"type": "text", "pattern": "[a-z]", "autogeneratePattern": "[0-9]"},
         {"autogeneratePattern": "validation_invalid_autogenerate_pattern_value"}),
        ({"type": "text", "autogeneratePattern": "[a-z]{9}", "max": 3},
         {"autogeneratePattern": "validation_invalid_autogenerate_pattern_value"}),
        ({"type": "text", "primaryKey": True},
         {"name": "validation_in_invalid", "pattern": "validation_required", "required": "validation_required"}),
        ({"type": "number", "min": 5, "max": 3}, {"max": "validation_min_number_constraint"}),
        ({"type": "number", "min": 5, "max": 5}, {}),
        ({"type": "number", "min": 1.5, "onlyInt": True}, {"min": "validation_only_int_constraint"}),
        ({"type": "email", "onlyDomains": ["x.com"], "exceptDomains": ["y.com"]},
         {"exceptDomains": "validation_empty", "onlyDomains": "validation_empty"}),
        ({"type": "url", "onlyDomains": ["x.com"]}, {}),
        ({"type": "date", "min": "2024-01-02", "max": "2024-01-01"}, {}),
        ({"type": "autodate"}, {"onCreate": "validation_required", "onUpdate": "validation_required"}),
        ({"type": "autodate", "onUpdate": True}, {}),
        ({"type": "select"}, {"values": "validation_required"}),
        ({"type": "select", "values": ["a"], "maxSelect": 2}, {"maxSelect": LARGE}),
        ({"type": "select", "values": ["a"], "maxSelect": -1}, {"maxSelect": SMALL}),
        ({"type": "file", "maxSelect": -1, "maxSize": -1}, {"maxSelect": SMALL, "maxSize": SMALL}),
        ({"type": "file", "thumbs": ["100x100", "0x50f"]}, {}),
        ({"type": "relation"}, {"collectionId": "validation_required"}),
        ({"type": "relation", "collectionId": "x", "minSelect": 3, "maxSelect": 2}, {"maxSelect": SMALL}),
        ({"type": "relation", "collectionId": "x", "minSelect": 3}, {"maxSelect": "validation_required"}),
        ({"type": "json", "maxSize": -1}, {"maxSize": SMALL}),
        ({"type": "json", "secretPaths": ["spec.secrets[].value", "a"]}, {}),
        ({"type": "editor", "maxSize": -1}, {"maxSize": SMALL}),
        ({"type": "password", "min": 80}, {"min": LARGE}),
        ({"type": "password", "min": 5, "max": 3}, {"max": SMALL}),
        ({"type": "password", "max": 100}, {"max": LARGE}),
        ({"type": "password", "cost": 2}, {"cost": SMALL}),
        ({"type": "text", "help": "x" * 301}, {"help": "validation_length_out_of_range"}),
        ({"type": "text", "name": ""}, {"name": "validation_required"}),
        ({"type": "text", "name": "a" * 101}, {"name": "validation_length_out_of_range"}),
        ({"type": "text", "name": "a b"}, {"name": "validation_match_invalid"}),
        ({"type": "text", "name": "é"}, {"name": "validation_match_invalid"}),
        ({"type": "text", "name": "null"}, {"name": "validation_not_in_invalid"}),
        ({"type": "text", "name": "_rowid"}, {"name": "validation_not_in_invalid"}),
        ({"type": "text", "name": "A_VIA_B"}, {"name": "validation_found_via"}),
        ({"type": "text", "name": "1a"}, {}),
    ],
)  # fmt: skip
def test_definitions(definition, expected):
    assert problems(**definition) == expected


def test_items_of_lists_are_named():
    found = field_from_dict({"name": "f", "type": "file", "thumbs": ["1x", "100x100", "0x0"]}).check_options()
    assert {index: leaf["code"] for index, leaf in found["thumbs"].items()} == {
        "0": "validation_match_invalid",
        "2": "validation_match_invalid",
    }
    found = field_from_dict({"name": "f", "type": "email", "onlyDomains": ["x y"]}).check_options()
    assert found["onlyDomains"]["0"]["code"] == "validation_is_domain"
    found = field_from_dict({"name": "f", "type": "json", "secretPaths": ["a.", "b[0]"]}).check_options()
    assert sorted(found["secretPaths"]) == ["0", "1"]


@pytest.mark.parametrize("kind", FIELD_TYPES)
def test_a_definition_survives_its_json(kind):
    field = field_from_dict({"type": kind, "name": "f", "id": "x", "unknown": 1, "help": None})
    shown = field.to_dict()
    assert list(shown) == sorted(shown)
    assert shown["type"] == kind
    assert field_from_dict(shown) == field
    assert ("required" in shown) is (kind != "autodate")
    assert field.from_db(field.to_db(field.zero())) == field.zero()
    assert field.from_db(None) == field.zero()
    assert field.is_empty(field.zero())


@pytest.mark.parametrize(
    "definition",
    [{"type": "vector"}, {}, {"type": "text", "min": "x"}, {"type": "text", "min": 3.5}, {"type": "number", "min": "5"},
     {"type": "select", "values": "a"}, {"type": "text", "hidden": "yes"}],
)  # fmt: skip
def test_definitions_of_the_wrong_kind_are_refused(definition):
    with pytest.raises(ValueError):
        field_from_dict({"name": "f", **definition})


@pytest.mark.parametrize(
    ("key", "expected"),
    [("tags", ("tags", None)), ("tags+", ("tags", "f+")), ("+tags", ("tags", "+f")), ("tags-", ("tags", "f-")),
     ("id:autogenerate", ("id", "f:autogenerate"))],
)  # fmt: skip
def test_keys(key, expected):
    assert split_modifier(key) == expected


@pytest.mark.parametrize(
    "pattern",
    ["[a-z0-9]{15}", "[a-zA-Z0-9_]{50}", r"\d{3}-\w+", "(ab|cd)?x*",
     "[^a-y]", "[[:upper:]]{4}", ".{5}", "^a$", r"[\]$]",
     r"\D\S\W", "[^x]"],
)  # fmt: skip
def test_generated_texts_match(pattern):
    for _ in range(20):
        assert compiled(pattern).search(generate(pattern))


@pytest.mark.parametrize("pattern", ["(a)\\1", "[^\\x00-\\x7F]", "(", "(a{1000}){1000}", "x{100000}"])
def test_what_cannot_be_generated_is_an_error(pattern):
    with pytest.raises(ValueError):
        generate(pattern)
