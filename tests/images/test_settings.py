"""Settings inside files: they come back as they went in, the pixels stay, and a stranger's file does no harm."""

from __future__ import annotations

import contextlib
import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from flux2_nb.cards import ReferenceRule
from flux2_nb.errors import BadReply, InvalidRequest
from flux2_nb.images import (
    decode,
    embed_settings,
    has_signature,
    prepare,
    read_settings,
    request_from_settings,
    sniff,
    strip,
    thumbnail,
)
from flux2_nb.request import ImageRequest, Reference

from . import pictures

SMALL = {format: pictures.plain(format) for format in pictures.FORMATS}
REQUEST = ImageRequest("a red fox", seed=7, steps=4, guidance=3.5, width=1024, height=768)
SETTINGS: dict[str, Any] = {
    "provider": "replicate",
    "model": "flux-2-pro",
    "seed": 7,
    "prompt_used": None,
    "request": REQUEST.to_dict(),
}
THEIR_XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">theirs, flux2_nb</x:xmpmeta>'

SIGNED = {
    "png": pictures.with_png_chunk(SMALL["png"], b"caBX", b"manifest"),
    "jpeg": pictures.with_jpeg_segment(SMALL["jpeg"], 0xEB, b"JP\0\1\0\0\0\1....jumb....jumdc2pa"),
    "webp": pictures.with_webp_chunk(embed_settings(SMALL["webp"], SETTINGS), b"C2PA", b"manifest"),
}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def variants(format: str) -> list[bytes]:
    """Return files of one format that are built differently."""
    image = pictures.corners().convert("RGBA" if format != "jpeg" else "RGB")
    image.putalpha(120) if format != "jpeg" else None
    options: dict[str, list[dict[str, Any]]] = {
        "png": [{}, {"compress_level": 0}],
        "jpeg": [{}, {"progressive": True}, {"exif": pictures.exif()}, {"xmp": THEIR_XMP}, {"restart_marker_rows": 1}],
        "webp": [{}, {"lossless": True}, {"exif": pictures.exif()}, {"xmp": THEIR_XMP}],
    }
    return [SMALL[format], *(pictures.file(image, format, **option) for option in options[format])]


@pytest.mark.parametrize("format", pictures.FORMATS)
@given(prompt=st.text(st.characters()), extra=json_values)
def test_settings_come_back_as_they_went_in(format: str, prompt: str, extra: Any) -> None:
    """Any text and any JSON value survive, in every format, half characters included."""
    settings = {"provider": "bfl", "request": {"prompt": prompt}, "extra": extra}
    assert read_settings(embed_settings(SMALL[format], settings)) == settings


@pytest.mark.parametrize("format", pictures.FORMATS)
def test_the_longest_prompt_fits(format: str) -> None:
    """100,000 characters that each take several bytes are kept whole, also in a JPEG with its 64 kB segments."""
    settings = {"request": {"prompt": "狐" * 100_000}}
    data = embed_settings(SMALL[format], settings)
    assert read_settings(data) == settings
    assert decode(data).size == (96, 80)


@pytest.mark.parametrize("format", pictures.FORMATS)
def test_the_pixels_stay_byte_for_byte(format: str) -> None:
    """The compressed pixels are the very same bytes, and decode to the same picture."""
    for data in variants(format):
        marked = embed_settings(data, SETTINGS)
        assert pictures.compressed_pixels(marked) == pictures.compressed_pixels(data)
        assert decode(marked).tobytes() == decode(data).tobytes()
        assert decode(marked).mode == decode(data).mode


@pytest.mark.parametrize("format", pictures.FORMATS)
def test_embedding_twice_replaces_ours(format: str) -> None:
    """A second time leaves the new settings only, and a file as if the first time had not been."""
    for data in variants(format):
        once = embed_settings(data, SETTINGS)
        assert embed_settings(embed_settings(data, {"request": {"prompt": "old words"}}), SETTINGS) == once


@pytest.mark.parametrize("format", pictures.FORMATS)
def test_what_a_provider_put_in_stays(format: str) -> None:
    """Their XMP, EXIF and other blocks are kept; our settings stand beside them."""
    data = pictures.plain(format, exif=pictures.exif(), xmp=THEIR_XMP)
    if format == "png":
        data = pictures.with_png_chunk(data, b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + THEIR_XMP)
        data = pictures.with_png_chunk(data, b"teSt", b"their chunk")
    if format == "jpeg":
        data = pictures.with_jpeg_segment(data, 0xFE, b"their comment")
    marked = embed_settings(data, SETTINGS)
    assert decode(marked).info["xmp"] == THEIR_XMP
    assert decode(marked).getexif()[0x010F] == "Secret Camera"
    assert (b"their chunk" in marked, b"their comment" in marked) == (format == "png", format == "jpeg")
    assert read_settings(marked) == SETTINGS


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        (SETTINGS, "trainedAlgorithmicMedia"),
        ({**SETTINGS, "request": {"prompt": "x", "references": [{}]}}, "compositeWithTrainedAlgorithmicMedia"),
        ({**SETTINGS, "provider": "sketch"}, "algorithmicMedia"),
    ],
)
@pytest.mark.parametrize("format", pictures.FORMATS)
def test_the_source_type_says_how_it_was_made(format: str, settings: dict[str, Any], word: str) -> None:
    """IPTC's word follows from the provider and from whether there were references."""
    packet = decode(embed_settings(SMALL[format], settings)).info["xmp"]
    words = "".join(ElementTree.fromstring(packet).itertext()).split()
    assert f"http://cv.iptc.org/newscodes/digitalsourcetype/{word}" in words


@pytest.mark.parametrize("format", pictures.FORMATS)
def test_other_programs_find_the_words_where_they_look(format: str) -> None:
    """PNG holds a "parameters" text, JPEG and WebP a user comment in EXIF, as Stable Diffusion web UIs write them."""
    image = decode(embed_settings(SMALL[format], SETTINGS))
    comment = image.getexif().get_ifd(0x8769).get(0x9286, b"")
    words = image.info["parameters"] if format == "png" else comment[8:].decode("utf-16-be")
    assert words.startswith("a red fox\nSteps: 4, CFG scale: 3.5, Seed: 7, Size: 96x80, Model: flux-2-pro")


@pytest.mark.parametrize("format", [*pictures.FORMATS, "gif"])
def test_a_picture_without_settings_gives_none(tmp_path: Path, format: str) -> None:
    """Nothing is made up; a path does as well as bytes."""
    path = tmp_path / "picture"
    path.write_bytes(pictures.plain(format) if format == "gif" else pictures.plain(format, exif=pictures.exif()))
    assert read_settings(path) is None
    assert read_settings(str(path)) is None


@pytest.mark.parametrize("data", [b"", b"hello", b"\x89PNG\r\n\x1a\n", SMALL["jpeg"][:-9], SMALL["webp"][:99]])
def test_what_is_no_whole_picture_is_refused(data: bytes) -> None:
    """Neither reading nor writing settings works on a broken file, and both say so."""
    with pytest.raises(InvalidRequest, match="This picture is"):
        read_settings(data)
    with pytest.raises(InvalidRequest, match="The picture is"):
        embed_settings(data, SETTINGS)


@pytest.mark.parametrize("text", [b"{", b"[]", b'"x"', b'{"a": NaN}', b"[" * 100_000, b"\xff\xfe"])
def test_damaged_settings_are_refused(text: bytes) -> None:
    """JSON that is cut, of another type or nested without end gets a sentence."""
    data = pictures.with_png_chunk(SMALL["png"], b"iTXt", b"flux2_nb\0\0\0\0\0" + text)
    with pytest.raises(InvalidRequest, match="settings in this picture are damaged"):
        read_settings(data)


def test_a_compressed_text_that_grows_without_end_is_cut() -> None:
    """A text chunk of a few kB that inflates to 200 MB is read to 4 MB and no further."""
    huge = zlib.compress(b" " * 200_000_000)
    data = pictures.with_png_chunk(SMALL["png"], b"zTXt", b"parameters\0\0" + huge)
    assert read_settings(data) is None


@given(noise=st.binary(max_size=60), place=st.integers(8, 400))
@pytest.mark.parametrize("format", pictures.FORMATS)
def test_a_hostile_file_is_read_or_refused(format: str, noise: bytes, place: int) -> None:
    """Random bytes anywhere in a file end in settings, in None or in a sentence, never in another error."""
    data = embed_settings(SMALL[format], SETTINGS)
    hostile = data[:place] + noise + data[place + len(noise) :]
    try:
        settings = read_settings(hostile)
    except InvalidRequest:
        return
    assert settings is None or isinstance(settings, dict)


ANYTHING_WITH_A_PICTURE: list[Callable[[bytes], object]] = [
    has_signature,
    strip,
    sniff,
    decode,
    lambda data: embed_settings(data, SETTINGS),
    lambda data: thumbnail(data, 64),
    lambda data: prepare(Reference(data), ReferenceRule(max_side=70)),
]


@given(noise=st.binary(max_size=8), place=st.floats(0, 1), end=st.floats(0.5, 1), action=st.sampled_from(range(7)))
@pytest.mark.parametrize("format", [*pictures.FORMATS, "gif"])
def test_no_damage_ends_in_another_error(format: str, noise: bytes, place: float, end: float, action: int) -> None:
    """Whatever is done with a damaged file works or ends in a sentence."""
    data = SIGNED.get(format) or pictures.plain("gif")
    start = int(len(data) * place)
    hostile = (data[:start] + noise + data[start + len(noise) :])[: int(len(data) * end) + 1]
    with contextlib.suppress(InvalidRequest, BadReply):
        ANYTHING_WITH_A_PICTURE[action](hostile)


@pytest.mark.parametrize(
    "beginning", [b"RIFF\4\0\0\0WEBP", b"RIFF\x0c\0\0\0WEBPVP8X\0\0\0\0", b"\xff\xd8" + b"\xff" * 50]
)
def test_headers_that_lie_about_their_length_are_refused(beginning: bytes) -> None:
    """A header that promises less than a picture needs is no picture."""
    with pytest.raises(InvalidRequest, match=r"cut off|damaged"):
        strip(beginning + b"\0" * 40)


def test_a_request_comes_back_from_its_settings() -> None:
    """All that was asked for is there again, references by their hash, and the seed that was used."""
    request = ImageRequest("a fox", references=[Reference(None, sha256="ab", role="style", width=80, height=80)])
    settings = json.loads(json.dumps({"seed": 11, "request": request.to_dict()}))
    assert request_from_settings(settings) == request.but(seed=11)


def test_a_bare_request_is_taken_too() -> None:
    """A file that holds the fields of a request and nothing around them works."""
    assert request_from_settings(REQUEST.to_dict()) == REQUEST


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "hold no request"),
        ({"request": 3}, "hold no request"),
        ({"request": {"prompt": "x", "shift": 3}}, '"shift", which this version of flux2_nb does not know'),
        ({"request": {"prompt": "x", "sedd": 3}}, 'Did you mean "seed"'),
        ({"request": {"prompt": "x", "a": 1, "b": 2}}, '"a", "b", which this version'),
        ({"request": {"prompt": "x", "seed": "7"}}, "Seed is a whole number"),
        ({"request": {"prompt": ""}}, "prompt is empty"),
        ({"request": {"prompt": "x", "references": 5}}, "not a list"),
        ({"request": {"prompt": "x", "references": ["a.png"]}}, "not a group of fields"),
        ({"request": {"prompt": "x", "references": [{"width": "wide"}]}}, '"width" of a reference'),
        ({"request": {"prompt": "x", "references": [{"colour": 1}]}}, '"colour"'),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings: dict[str, Any], words: str) -> None:
    """Each unknown name or wrong value is named."""
    with pytest.raises(InvalidRequest) as caught:
        request_from_settings(settings)
    assert words in str(caught.value)


def test_settings_never_name_a_file_of_this_machine() -> None:
    """A stranger's picture cannot make us read and send a file by naming it as the source of a reference."""
    with pytest.raises(InvalidRequest, match='"source"'):
        request_from_settings({"request": {"prompt": "x", "references": [{"source": "/etc/hostname"}]}})


@pytest.mark.parametrize("format", pictures.FORMATS)
def test_a_signature_is_seen_and_kept(format: str) -> None:
    """A C2PA manifest is noticed, before and after settings are embedded; a bare file has none."""
    assert has_signature(SIGNED[format])
    assert has_signature(embed_settings(SIGNED[format], SETTINGS))
    assert not has_signature(SMALL[format])
    assert not has_signature(b"no picture")


@pytest.mark.parametrize("format", pictures.FORMATS)
def test_stripping_leaves_the_bare_picture(format: str) -> None:
    """Settings, words, XMP and signature go; a picture that was bare before is itself again, byte for byte."""
    marked = embed_settings(SIGNED[format], SETTINGS)
    bare = strip(marked)
    assert b"red fox" in marked
    assert b"red fox" not in bare
    assert b"r\0e\0d" not in bare
    assert not has_signature(bare)
    assert strip(SMALL[format]) == SMALL[format]
    assert pictures.compressed_pixels(bare) == pictures.compressed_pixels(SMALL[format])


@pytest.mark.parametrize("format", pictures.FORMATS)
def test_stripping_keeps_how_it_looks(format: str) -> None:
    """Orientation, transparency and colour profile belong to the look and stay; the camera goes."""
    profile = pictures.wide_gamut_profile()
    image = Image.new("RGB" if format == "jpeg" else "RGBA", (90, 70), (200, 0, 0))
    image.putalpha(99) if format != "jpeg" else None
    bare = strip(pictures.file(image, format, exif=pictures.exif(orientation=6), icc_profile=profile))
    shown = decode(bare)
    assert shown.info["icc_profile"] == profile
    assert shown.getexif()[0x0112] == 6
    assert b"Secret" not in bare
    assert shown.tobytes() == decode(pictures.file(image, format)).tobytes()


def test_stripping_removes_the_small_picture_in_a_jpeg_header() -> None:
    """A thumbnail in the JFIF header may show what was cropped away later."""
    data = SMALL["jpeg"]
    head = b"JFIF\0\1\1\0\0\1\0\1\2\2" + b"rgb" * 4
    with_thumbnail = b"\xff\xd8\xff\xe0" + (len(head) + 2).to_bytes(2) + head + data[20:]
    assert b"rgb" not in strip(with_thumbnail)
    assert decode(strip(with_thumbnail)).size == (96, 80)


def test_a_gif_cannot_be_stripped_or_marked() -> None:
    """GIF has no place for settings, and no FLUX.2 model makes one."""
    with pytest.raises(InvalidRequest, match="no place for settings"):
        embed_settings(pictures.plain("gif"), SETTINGS)
    with pytest.raises(InvalidRequest, match="is a GIF"):
        strip(pictures.plain("gif"))


@given(fields=st.dictionaries(st.sampled_from([*ImageRequest.model_fields, "sha256"]), json_values))
def test_any_json_is_a_request_or_refused(fields: dict[str, Any]) -> None:
    """Values of every type in every field end in a request or in a sentence."""
    try:
        request = request_from_settings({"request": fields})
    except InvalidRequest:
        return
    assert request.prompt == fields["prompt"]
