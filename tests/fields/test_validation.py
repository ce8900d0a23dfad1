"""Checks of values, with the codes, texts and parameters of the real PocketBase 0.40.6."""

import pytest

from oneclick.fields import NewFile, Password, field_from_dict


def check(kind, value, **options):
    field = field_from_dict({"type": kind, "name": "f", **options})
    found = field.validate(field.normalise(value))
    return found and (found["code"].removeprefix("validation_"), found["message"], found.get("params"))


REQUIRED = ("required", "Cannot be blank.", None)
FORMAT = ("invalid_format", "Invalid value format.", None)
EMAIL = ("is_email", "Must be a valid email address.", None)
URL = ("invalid_url", "Must be a valid url.", None)
TOO_LATE = ("max_less_equal_than_required", "Must be no greater than 2024-12-31 00:00:00 +0000 UTC.",
            {"threshold": "2024-12-31T00:00:00Z"})  # fmt: skip
TOO_EARLY = ("min_greater_equal_than_required", "Must be no less than 2024-01-01 00:00:00 +0000 UTC.",
             {"threshold": "2024-01-01T00:00:00Z"})  # fmt: skip
YEAR = {"min": "2024-01-01", "max": "2024-12-31"}


@pytest.mark.parametrize(
    ("kind", "options", "value", "expected"),
    [
        ("text", {"required": True}, "", REQUIRED),
        ("text", {"required": True}, " ", None),
        ("text", {"min": 2}, "", None),
        ("text", {"min": 2}, "a", ("min_text_constraint", "Must be at least 2 character(s).", {"min": 2})),
        ("text", {"max": 3}, "ééé", None),
        ("text", {"max": 3}, "abcd", ("max_text_constraint", "Must be no more than 3 character(s).", {"max": 3})),
        ("text", {}, "x" * 5001, ("max_text_constraint", "Must be no more than 5000 character(s).", {"max": 5000})),
        ("text", {"pattern": "^[a-z]+$"}, "AB", FORMAT),
        ("text", {"pattern": "^[a-z]+$"}, "b\n", FORMAT),
        ("text", {"pattern": r"^\d+$"}, "٣", FORMAT),
        ("text", {"pattern": "^[[:alpha:]]+$"}, "ab", None),
        ("text", {"pattern": "b"}, "abc", None),
        ("text", {}, "a\0b", FORMAT),
        ("text", {"primaryKey": True, "pattern": "^.+$"}, "", REQUIRED),
        ("text", {"primaryKey": True, "pattern": "^.+$"}, "a/b",
         ("forbidden_pk_character", "'/' is not a valid primary key character.", {"ch": "/"})),
        ("text", {"primaryKey": True, "pattern": "^.+$"}, "CON",
         ("reserved_pk", "The primary key 'CON' is reserved and cannot be used.", {"name": "CON"})),
        ("editor", {"maxSize": 10}, "é" * 6,
         ("content_size_limit", "The maximum allowed content size is 10 bytes.", {"maxSize": 10})),
        ("number", {"required": True}, 0, REQUIRED),
        ("number", {"min": 2}, 0, None),
        ("number", {"min": 2}, 1, ("min_number_constraint", "Must be greater or equal than 2.", {"min": 2})),
        ("number", {"min": 2.5}, 2.4, ("min_number_constraint", "Must be greater or equal than 2.5.", {"min": 2.5})),
        ("number", {"max": 10}, 11, ("max_number_constraint", "Must be less or equal than 10.", {"max": 10})),
        ("number", {"onlyInt": True}, 5.5, ("only_int_constraint", "Decimal numbers are not allowed.", None)),
        ("number", {}, "inf", ("not_a_number", "The submitted number is not properly formatted.", None)),
        ("number", {}, "nan", ("not_a_number", "The submitted number is not properly formatted.", None)),
        ("bool", {"required": True}, False, REQUIRED),
        ("bool", {"required": True}, True, None),
        ("email", {"onlyDomains": ["x.com"]}, "a@x.com", None),
        ("email", {"onlyDomains": ["x.com"]}, "a@y.com",
         ("email_domain_not_allowed", "Email domain is not allowed.", None)),
        ("email", {"exceptDomains": ["x.com"]}, "a@x.com",
         ("email_domain_not_allowed", "Email domain is not allowed.", None)),
        ("url", {"onlyDomains": ["x.com"]}, "https://x.com/a", None),
        ("url", {"onlyDomains": ["x.com"]}, "https://x.com:81/a",
         ("url_domain_not_allowed", "Url domain is not allowed.", None)),
        ("url", {"onlyDomains": ["x.com"]}, "x.com", ("url_domain_not_allowed", "Url domain is not allowed.", None)),
        ("date", YEAR | {"required": True}, "", REQUIRED),
        ("date", YEAR, "2024-01-01", None),
        ("date", YEAR, "2025-01-01", TOO_LATE),
        ("date", YEAR, "2023-01-01", TOO_EARLY),
        ("select", {"values": ["a", "b"]}, "a", None),
        ("select", {"values": ["a", "b"]}, "c", ("invalid_value", "Invalid value c.", {"value": "c"})),
        ("select", {"values": ["a", "b", "c"], "maxSelect": 2}, ["a", "b", "z"],
         ("too_many_values", "Select no more than 2.", {"maxSelect": 2})),
        ("select", {"values": ["a", "b"], "maxSelect": 2, "required": True}, "", REQUIRED),
        ("relation", {"maxSelect": 5, "minSelect": 2}, ["a"],
         ("not_enough_values", "Select at least 2.", {"minSelect": 2})),
        ("relation", {"maxSelect": 2}, ["a", "b", "c"],
         ("too_many_values", "Select no more than 2.", {"maxSelect": 2})),
        ("json", {"required": True}, None, REQUIRED),
        ("json", {"required": True}, "{}", REQUIRED),
        ("json", {"required": True}, 0, None),
        ("json", {"required": True}, False, None),
        ("json", {"maxSize": 20}, {"a": "b" * 30},
         ("json_size_limit", "The maximum allowed JSON size is 20 bytes.", {"maxSize": 20})),
        ("json", {}, {"a": object()}, ("invalid_json", "Must be a valid json value.", None)),
        ("json", {}, ["\0"], ("invalid_json", "Must be a valid json value.", None)),
        ("json", {}, ["\\u0000"], None),
        ("geoPoint", {"required": True}, {"lon": 0, "lat": 0}, REQUIRED),
        ("geoPoint", {}, {"lon": 181, "lat": 0},
         ("invalid_longitude", "Longitude must be between -180 and 180 degrees.", None)),
        ("geoPoint", {}, {"lon": 0, "lat": 91},
         ("invalid_latitude", "Latitude must be between -90 and 90 degrees.", None)),
        ("password", {"required": True}, "", REQUIRED),
        ("password", {"min": 3}, "ab", ("min_text_constraint", "Must be at least 3 character(s).", None)),
        ("password", {"max": 5}, "abcdef", ("max_text_constraint", "Must be less than 5 character(s).", None)),
        ("password", {}, "a" * 72, ("max_text_constraint", "Must be less than 71 character(s).", None)),
        ("password", {}, "é" * 40, ("max_text_constraint", "Must be less than 71 character(s).", None)),
        ("password", {"pattern": "^[a-z]+$"}, "ABC", FORMAT),
        ("password", {"min": 8, "required": True}, Password(hash="x"), None),
    ],
)  # fmt: skip
def test_values(kind, options, value, expected):
    assert check(kind, value, **options) == expected


@pytest.mark.parametrize(
    "address", ["a@b.c", "Ä@x.com", "a@x.com.", "a@x_y.com", "a@ü.com", "a+b@x.com", "A@X.COM", "a@b.c.d.museum"]
)
def test_good_addresses(address):
    assert check("email", address) is None


@pytest.mark.parametrize(
    "address",
    ["a@b", "a b@x.com", "a@x.c1", '"a b"@x.com', "a..b@x.com", "a@-x.com", "a@x.1", "a@[1.2.3.4]", "a@1.2.3.4",
     "a@x-.com", ".a@x.com", "a.@x.com", "a@x.com\n", "@x.com", "a@", "a@b@x.com", "a" * 400 + "@x.com"],
)  # fmt: skip
def test_bad_addresses(address):
    assert check("email", address) == EMAIL


@pytest.mark.parametrize(
    "url",
    ["example.com", "http://example.com", "ftp://x.com", "http://localhost:3000", "mailto:a@b.c", "a@b.c",
     "http://1.2.3.4/a?b#c", "http://[::1]:8080/", "https://ü.com/ä", "http://user:pw@x.com", "http://x_y.com",
     "http://x.com:99999", "a.b:80/x", "http://xn--nxasmq6b/", "http://x.com."],
)  # fmt: skip
def test_good_urls(url):
    assert check("url", url) is None


@pytest.mark.parametrize(
    "url",
    ["http://a b", "javascript:alert(1)", "//x.com", "http://", "x", "localhost", "foo://x.com", "HTTP://X.COM",
     "http://x..com", "http://-x.com", "http://x.com/ a", "#", "/x", "irc://x.com", "http://.x.com", "1.2",
     "http://[::1", "x.com\n", "http://x.com/" + "a" * 2100],
)  # fmt: skip
def test_bad_urls(url):
    assert check("url", url) == URL


def new_file(name="a.png", size=10, kind="image/png"):
    return NewFile(name, size, kind, open=lambda: None)


@pytest.mark.parametrize(
    ("options", "files", "code"),
    [
        ({}, ["a.png"], None),
        ({"maxSelect": 2}, ["a.png", new_file()], None),
        ({"maxSelect": 2}, ["a.png", "b.png", new_file()], "validation_too_many_files"),
        ({"maxSize": 5}, [new_file()], "validation_file_size_limit"),
        ({}, [new_file(size=(5 << 20) + 1)], "validation_file_size_limit"),
        ({"mimeTypes": ["image/jpeg"]}, [new_file()], "validation_invalid_mime_type"),
        ({"mimeTypes": ["image/png"]}, [new_file(kind="image/png; x=y")], None),
        ({"required": True}, [], "validation_required"),
    ],
)
def test_files(options, files, code):
    field = field_from_dict({"type": "file", "name": "f", **options})
    found = field.validate(field.normalise(files))
    assert (found and found["code"]) == code


def test_names_of_files_that_are_not_stored_are_refused():
    field = field_from_dict({"type": "file", "name": "f", "maxSelect": 5})
    assert field.unknown_names(["a", new_file()], ["a", "b"]) is None
    found = field.unknown_names(["a", "x", "y"], ["a", "b"])
    assert found["message"] == "Invalid new files: [x y]."
    assert found["params"] == {"invalidFiles": ["x", "y"]}


def test_a_password_shows_nothing_and_is_never_stored_in_plain_text():
    field = field_from_dict({"type": "password", "name": "p"})
    value = field.normalise("s3cret")
    assert "s3cret" not in f"{value} {value!r}"
    assert field.to_json(value) == ""
    with pytest.raises(ValueError, match="was not hashed"):
        field.to_db(value)
    stored = field.to_db(value.hashed("$argon2id$x"))
    assert field.from_db(stored) == Password(hash="$argon2id$x")
