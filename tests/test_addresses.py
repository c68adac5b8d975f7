"""Which addresses may be reached: public https, the configured origins, and nothing else."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux2_nb.addresses import Guard, Target, is_public, same_origin
from flux2_nb.errors import BadReply, Unreachable

OPEN = Guard()


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """A name service of our own: host to its addresses; any other host cannot be looked up."""
    known: dict[str, list[str]] = {}

    def look_up(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        if host not in known:
            raise socket.gaierror(socket.EAI_NONAME, "no such host")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in known[host]]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return known


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::127.0.0.1",
        "64:ff9b::10.0.0.1",
        "2002:7f00:1::",
        "2001:db8::1",
    ],
)
def test_addresses_of_the_inside_are_not_public(address: str) -> None:
    """Loopback, private, link-local, multicast and reserved ranges, also where IPv6 wraps IPv4."""
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "104.16.0.1", "2606:4700::1111", "64:ff9b::8.8.8.8", "::ffff:8.8.8.8"])
def test_addresses_of_the_world_are_public(address: str) -> None:
    """Ordinary addresses pass, also those that reach IPv4 from an IPv6-only network."""
    assert is_public(address)


async def test_a_public_https_address_is_pinned(names: dict[str, list[str]]) -> None:
    """The connection goes to the very address that was checked; name, path and query stay."""
    names["cdn.example"] = ["8.8.8.8", "8.8.4.4"]
    assert await OPEN.check("https://cdn.example/a/b.png?se=1&sig=%2B#x") == Target(
        "https://8.8.8.8/a/b.png?se=1&sig=%2B", "cdn.example", "cdn.example"
    )


async def test_a_port_and_an_ipv6_address_are_kept(names: dict[str, list[str]]) -> None:
    """An IPv6 address is written in brackets before the port, and the Host line names the port too."""
    names["cdn.example"] = ["2606:4700::1111"]
    target = await OPEN.check("https://cdn.example:8443/x")
    assert target == Target("https://[2606:4700::1111]:8443/x", "cdn.example", "cdn.example:8443")


@pytest.mark.parametrize(
    "url",
    [
        "http://cdn.example/x.png",
        "ftp://cdn.example/x.png",
        "file:///etc/passwd",
        "data:image/png;base64,AA",
        "//cdn.example/x",
        "/x.png",
        "",
        "https://",
        "https://user@cdn.example/x",
        "https://user:word@cdn.example/x",
        "https://cdn.example:port/x",
        "https://cdn.example:99999/x",
        "https://[::1/x",
    ],
)
async def test_what_is_no_public_https_address_is_refused(url: str, names: dict[str, list[str]]) -> None:
    """Other schemes, credentials in the address and broken addresses are refused before any look-up."""
    names["cdn.example"] = ["8.8.8.8"]
    with pytest.raises(BadReply, match="not a public https address"):
        await OPEN.check(url)


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::1"], ["169.254.169.254"]], ids=lambda found: found[-1]
)
async def test_a_name_that_leads_inside_is_refused(addresses: list[str], names: dict[str, list[str]]) -> None:
    """One private address among several is enough; the path, which may hold a signature, is not shown."""
    names["cdn.example"] = addresses
    with pytest.raises(BadReply, match="inside a private network") as caught:
        await OPEN.check("https://cdn.example/secret-signature")
    assert "secret-signature" not in str(caught.value)


async def test_a_name_nobody_knows_is_unreachable(names: dict[str, list[str]]) -> None:
    """The host is named; money may have been spent, as this may be a poll."""
    with pytest.raises(Unreachable, match=r"gone\.example") as caught:
        await OPEN.check("https://gone.example/x")
    assert caught.value.money == "maybe"


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("http://127.0.0.1:9000/other", True),
        ("http://127.0.0.1:9000/v1/../x", True),
        ("http://127.0.0.1:9001/v1/x", False),
        ("https://127.0.0.1:9000/v1/x", False),
        ("http://localhost:9000/v1/x", False),
        ("http://127.0.0.1:9000@evil.example/x", False),
    ],
)
async def test_a_configured_server_may_be_private(url: str, allowed: bool, names: dict[str, list[str]]) -> None:
    """Plain http and loopback are allowed at the base URL's own origin, and one port further they are not."""
    guard = Guard(("http://127.0.0.1:9000/v1",))
    if allowed:
        assert await guard.check(url) == Target(url)
    else:
        with pytest.raises((BadReply, Unreachable)):
            await guard.check(url)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("https://API.example/v1", "https://api.example:443/other", True),
        ("http://api.example", "http://api.example:80/", True),
        ("http://api.example", "https://api.example", False),
        ("https://api.example", "https://api.example.evil", False),
        ("https://api.example:8443", "https://api.example", False),
        ("", "", False),
        ("no address", "no address", False),
    ],
)
def test_an_origin_is_scheme_host_and_port(first: str, second: str, same: bool) -> None:
    """Case and default ports do not matter; two broken addresses are never the same."""
    assert same_origin(first, second) is same


@given(st.text(max_size=80))
def test_no_text_breaks_the_comparison(text: str) -> None:
    """Whatever a provider sends as an address, comparing it raises nothing."""
    assert same_origin(text, "https://api.example") in (True, False)
