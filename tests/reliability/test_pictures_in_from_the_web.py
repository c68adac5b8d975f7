"""Pictures from the web: fetched from public https hosts, and from nowhere else by any spelling or redirect."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import stamina

from flux2_nb import Studio, fetching, http
from flux2_nb.addresses import Guard
from flux2_nb.errors import InvalidRequest
from tests.images import pictures

from .web import Web, name_service, serving

NAMES = {"inside.example": ["127.0.0.1"], "mixed.example": ["8.8.8.8", "127.0.0.1"], "localhost": ["127.0.0.1"]}

THIS_MACHINE = (
    "127.0.0.1",
    "127.1",
    "0.0.0.0",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "0x7f000001",
    "0x7f.1",
    "2130706433",
    "017700000001",
    "0177.0.0.1",
    "localhost",
    "inside.example",
    "mixed.example",
    "169.254.169.254",
    "10.0.0.1",
)
"""Spellings of this machine, of names that lead to it, and of addresses that only the inside of a network has."""


@pytest.fixture
def web() -> Iterator[Web]:
    """A server on this machine with a picture."""
    with serving() as web:
        web.answers["/fox.png"] = (200, {}, pictures.plain())
        yield web


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    """A studio in a world whose name service is the test's."""
    monkeypatch.setattr(socket, "getaddrinfo", name_service(NAMES))
    stamina.set_testing(True, attempts=3, cap=True)
    studio = Studio(home=tmp_path / "home")
    yield studio
    stamina.set_testing(False)
    studio.engine.close()


@pytest.fixture
def public(web: Web, monkeypatch: pytest.MonkeyPatch) -> Web:
    """The same server, let through as if it stood at a public address."""
    monkeypatch.setattr(fetching, "PUBLIC", Guard((web.origin,), fetching.PUBLIC.finding))
    return web


def refusal(studio: Studio, address: str) -> str:
    """Return the sentence with which an address is refused."""
    with pytest.raises(InvalidRequest) as caught:
        studio.start("image 1 in snow", references=[address])
    assert (caught.value.field, caught.value.money) == ("references", "none")
    assert "Download the picture yourself" in str(caught.value)
    return str(caught.value)


@pytest.mark.case(29)
@pytest.mark.parametrize("host", THIS_MACHINE)
def test_no_spelling_of_this_machine_is_reached(host: str, web: Web, studio: Studio) -> None:
    """However it is written, the address is refused in words, and the machine's own server is not even connected to."""
    assert "inside a private network" in refusal(studio, f"https://{host}:{web.port}/fox.png")
    assert "not a public https address" in refusal(studio, f"http://{host}:{web.port}/fox.png")
    assert web.connections == 0


@pytest.mark.case(29)
@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("file:///etc/hostname", "a file: address, which is not a public https address"),
        ("gopher://127.0.0.1:{port}/_GET", "not a public https address"),
        ("ftp://cdn.example/fox.png", "not a public https address"),
        ("https://user:word@cdn.example/fox.png", "not a public https address"),
        ("https://", "not a public https address"),
        ("https://[::1/fox.png", "something that is no address"),
        ("HTTPS://127.0.0.1:{port}/fox.png", "inside a private network"),
        (" https://127.0.0.1:{port}/fox.png", "inside a private network"),
        ("https://a..b/fox.png", "could not be looked up"),
        ("https://unheard-of.example/fox.png", "could not be looked up"),
    ],
)
def test_other_schemes_and_broken_addresses_are_refused(address: str, words: str, web: Web, studio: Studio) -> None:
    """Only https leads anywhere; the rest is refused by what it is."""
    assert words in refusal(studio, address.format(port=web.port))
    assert web.connections == 0


@pytest.mark.case(29)
@pytest.mark.parametrize("status", [302, 307])
@pytest.mark.parametrize("host", ["https://127.0.0.1", "http://localhost", "https://inside.example", "//[::1]"])
def test_a_redirect_to_this_machine_is_not_followed(host: str, status: int, public: Web, studio: Studio) -> None:
    """Each hop is checked like the first address."""
    with serving() as inside:
        public.answers["/away.png"] = (status, {"Location": f"{host}:{inside.port}/secret.png"}, b"")
        sentence = refusal(studio, f"{public.origin}/away.png")
        assert "private network" in sentence or "not a public https address" in sentence
        assert inside.connections == 0
    assert public.paths == ["/away.png"]


@pytest.mark.case(29)
def test_redirects_without_end_are_given_up(public: Web, studio: Studio) -> None:
    """A ring of redirects costs a few requests and ends in a sentence."""
    public.answers["/ring.png"] = (302, {"Location": "/ring.png"}, b"")
    assert "redirects the download without end" in refusal(studio, f"{public.origin}/ring.png")
    assert len(public.paths) <= 4


@pytest.mark.case(29)
def test_a_picture_that_is_too_large_is_cut_short(public: Web, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """No more than the cap is read, whatever the server goes on to send."""
    monkeypatch.setattr(http, "MAX_PICTURE_BYTES", 2**20)
    public.answers["/huge.png"] = (200, {}, pictures.plain() + bytes(2**21))
    assert "sent more than 1 MB" in refusal(studio, f"{public.origin}/huge.png")


@pytest.mark.case(29)
def test_a_picture_that_drips_is_given_up(public: Web, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time for the whole picture is limited, not only the time between two bytes."""
    monkeypatch.setattr(fetching, "FETCH_SECONDS", 0.2)
    public.drip = 0.02
    assert "did not deliver the picture within 0.2 s" in refusal(studio, f"{public.origin}/fox.png")


@pytest.mark.case(29)
def test_what_is_not_there_or_no_picture_is_named(public: Web, studio: Studio) -> None:
    """The status of the answer is told, and what came instead of a picture."""
    assert "answered with status 404 instead of the picture" in refusal(studio, f"{public.origin}/none.png")
    assert studio.unfinished() == []
    public.answers["/page.png"] = (200, {"Content-Type": "image/png"}, b"<!DOCTYPE html><html></html>")
    with pytest.raises(InvalidRequest, match=r"page\.png is an HTML page, not a picture"):
        studio.request("a fox", references=[f"{public.origin}/page.png"])


@pytest.mark.case(29)
def test_a_public_picture_is_fetched_once_and_used(public: Web, studio: Studio) -> None:
    """A redirect within the allowed is followed; estimate and run take the same bytes, and no key is sent along."""
    public.answers["/old.png"] = (302, {"Location": "/fox.png"}, b"")
    address = f"{public.origin}/old.png?signature=canary"
    public.answers["/old.png?signature=canary"] = public.answers["/old.png"]
    assert studio.estimate("image 1 in snow", references=[address]) == 0
    result = studio.generate("image 1 in snow", references=[address], width=64, height=64)
    assert public.paths == ["/old.png?signature=canary", "/fox.png"]
    assert not {"authorization", "x-key", "cookie"} & {name.lower() for one in public.headers for name in one}
    (reference,) = result.request.references
    assert (reference.name, reference.width) == ("old.png", 96)
    assert studio.history.reference(reference.sha256).data == pictures.plain()
    assert "canary" not in str(result.settings)
