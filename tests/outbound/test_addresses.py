"""Which places may be asked: addresses in all their forms, plain HTTP, names with several addresses."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest

from oneclick.outbound import AddressError, Addresses, Place, is_public

SETTING = "ALLOWED_PLACES"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("::ffff:93.184.216.34", True),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("100.64.0.1", False),
        ("127.0.0.1", False),
        ("169.254.169.254", False),
        ("172.16.0.1", False),
        ("192.168.0.1", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("::ffff:127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("2001:0:7f00:1::", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("ff02::1", False),
    ],
)
def test_knows_private_addresses_in_all_their_forms(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "localhost", "::1", "::ffff:7f00:1", "0"]
)
def test_refuses_this_machine_however_it_is_written(host: str) -> None:
    with pytest.raises(AddressError, match=f"private address; {SETTING}|cannot be found"):
        Addresses((), SETTING).resolve(host, 443)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.com/",
        "https://",
        "",
        "https://user:password@example.com/",
        "https://example.com:99999/",
        "https://[::1/",
        "gopher://example.com",
    ],
)
def test_refuses_what_is_no_address(url: str) -> None:
    with pytest.raises(AddressError, match="no address"):
        Addresses(["example.com"], SETTING).place(url)


def test_refuses_plain_http_unless_it_is_named() -> None:
    with pytest.raises(AddressError, match=f"without encryption; {SETTING}"):
        Addresses((), SETTING).place("http://registry.example.com/")
    named = Addresses(["registry.example.com"], SETTING)
    assert named.place("http://registry.example.com/").origin == "http://registry.example.com"
    with pytest.raises(AddressError):
        named.place("http://other.example.com/")


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("//registry.example.com", Place("https", "registry.example.com", None)),
        ("//registry.internal:5000", Place("https", "registry.internal", 5000)),
        ("//127.0.0.1:5000", Place("http", "127.0.0.1", 5000)),
        ("https://[2001:db8::1]:8443/v2/", Place("https", "2001:db8::1", 8443)),
    ],
)
def test_a_place_without_scheme_is_plain_on_this_machine_alone(url: str, place: Place) -> None:
    assert Addresses(["127.0.0.1:5000", "registry.internal:5000"], SETTING).place(url) == place


@pytest.mark.parametrize(
    ("allowed", "port", "is_allowed"),
    [
        ("127.0.0.1", 5000, True),
        ("127.0.0.1:5000", 5000, True),
        ("127.0.0.1:5000", 5001, False),
        ("127.0.0.2", 5000, False),
    ],
)
def test_allows_a_host_or_one_port_of_it(allowed: str, port: int, is_allowed: bool) -> None:
    addresses = Addresses([allowed], SETTING)
    if is_allowed:
        assert addresses.resolve("127.0.0.1", port) == ("127.0.0.1",)
    else:
        with pytest.raises(AddressError):
            addresses.resolve("127.0.0.1", port)


def test_one_private_address_among_several_refuses_them_all(resolving: Callable[..., None]) -> None:
    resolving("93.184.216.34", "2606:2800:220:1::1")
    assert Addresses((), SETTING).resolve("many.test", 443) == ("93.184.216.34", "2606:2800:220:1::1")
    resolving("93.184.216.34", "10.0.0.1")
    with pytest.raises(AddressError, match="private address"):
        Addresses((), SETTING).resolve("many.test", 443)


def test_says_when_a_name_has_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(AddressError, match=r"nowhere\.test cannot be found"):
        Addresses((), SETTING).resolve("nowhere.test", 443)
