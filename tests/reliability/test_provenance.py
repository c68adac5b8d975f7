"""Where a picture comes from: what the provider put in stays, and what is saved says how it was made."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest

from flux2_nb import Studio, images
from flux2_nb.images import embed_settings, has_signature
from flux2_nb.ui.bundle import bundle
from tests.doubles import faults
from tests.doubles.double import Double
from tests.engine.conftest import every
from tests.images import pictures

StudioAt = Callable[..., Studio]

IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"
PROPERTY = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

THEIRS = (
    f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about="uuid:4711" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>the provider</dc:creator>%s</rdf:Description>'
    "</rdf:RDF></x:xmpmeta>"
)
SAID = (
    '<e:DigitalSourceType xmlns:e="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">'
    f"{IPTC}trainedAlgorithmicMedia</e:DigitalSourceType>"
)
EDITED = {"provider": "bfl", "model": "flux-2-pro", "request": {"prompt": "a fox", "references": [{}]}}


def source_types(data: bytes) -> list[str]:
    """IPTC's words in a file, as a reader of XMP finds them."""
    found = ElementTree.fromstring(images.decode(data).info["xmp"]).iter(PROPERTY)
    return [(element.text or "").removeprefix(IPTC) for element in found]


def with_xmp(format: str, xmp: str) -> bytes:
    """A small file that holds somebody's XMP."""
    if format == "png":
        body = b"XML:com.adobe.xmp\0\0\0\0\0" + xmp.encode()
        return pictures.with_png_chunk(pictures.plain("png"), b"iTXt", body)
    return pictures.plain(format, xmp=xmp.encode())


@every
def test_what_a_provider_delivered_stays_as_it_came(double: Double, provider: str, studio_at: StudioAt) -> None:
    """Its XMP and its signature are in the stored file, byte for byte, and in the copy with settings as well."""
    signed = pictures.with_png_chunk(with_xmp("png", THEIRS % ""), b"caBX", b"manifest")
    double.script("job", faults.Fate(image=signed))
    studio = studio_at(double, provider)
    result = studio.generate("a fox")
    assert result.data == signed
    assert result.path is not None
    assert result.path.read_bytes() == signed
    copy = embed_settings(result.data, result.settings)
    assert has_signature(copy)
    assert b"the provider" in images.decode(copy).info["xmp"]
    assert pictures.compressed_pixels(copy) == pictures.compressed_pixels(signed)


@every
def test_a_saved_picture_says_that_a_model_made_it(
    double: Double, provider: str, studio_at: StudioAt, tmp_path: Path
) -> None:
    """From words alone: trained; from somebody's pictures: composite with trained."""
    studio = studio_at(double, provider)
    plain = studio.generate("a fox").save(tmp_path / "plain")
    edited = studio.generate("image 1 at night", references=[pictures.plain()]).save(tmp_path / "edited")
    assert source_types(plain.read_bytes()) == ["trainedAlgorithmicMedia"]
    assert source_types(edited.read_bytes()) == ["compositeWithTrainedAlgorithmicMedia"]


@pytest.mark.parametrize("format", pictures.FORMATS)
@pytest.mark.parametrize("with_settings", [True, False])
def test_a_sketch_says_that_no_model_made_it(format: str, with_settings: bool, tmp_path: Path) -> None:
    """Drawn by a procedure: in the file as it is drawn, and in the copy with settings, once."""
    studio = Studio(home=tmp_path / "home")
    result = studio.generate("a fox", output_format=format, width=64, height=64, references=[pictures.plain()])
    saved = result.save(tmp_path / "saved", settings=with_settings)
    assert source_types(saved.read_bytes()) == ["algorithmicMedia"]
    studio.engine.close()


@pytest.mark.parametrize("format", pictures.FORMATS)
def test_somebodys_xmp_is_kept_and_told_the_source_type(format: str) -> None:
    """Their words stay; ours is added as a description of the same thing, and the pixels are not touched."""
    data = with_xmp(format, THEIRS % "")
    marked = embed_settings(data, EDITED)
    packet = images.decode(marked).info["xmp"].decode()
    assert source_types(marked) == ["compositeWithTrainedAlgorithmicMedia"]
    assert packet.startswith((THEIRS % "").partition("</rdf:RDF>")[0])
    about = {one.get(f"{{{RDF}}}about") for one in ElementTree.fromstring(packet).iter(f"{{{RDF}}}Description")}
    assert about == {"uuid:4711"}
    assert pictures.compressed_pixels(marked) == pictures.compressed_pixels(data)
    assert embed_settings(marked, EDITED) == marked


@pytest.mark.parametrize("format", pictures.FORMATS)
@pytest.mark.parametrize("theirs", [THEIRS % SAID, "<broken", "no packet at all", "</rdf:RDF" * 9])
def test_xmp_that_says_so_or_cannot_be_read_stays(format: str, theirs: str) -> None:
    """A provider's own word is not changed, and nothing is guessed in a packet that is none."""
    marked = embed_settings(with_xmp(format, theirs), EDITED)
    assert images.decode(marked).info["xmp"] == theirs.encode()


def test_xmp_that_fills_its_place_stays() -> None:
    """A JPEG has 64 kB for the packet: one that leaves no room is kept whole."""
    theirs = THEIRS % f"<dc:title>{'x' * 65_000}</dc:title>"
    data = with_xmp("jpeg", theirs)
    assert images.decode(embed_settings(data, EDITED)).info["xmp"] == theirs.encode()


def test_exports_say_it_in_words(bfl_double: Double, studio_at: StudioAt, tmp_path: Path) -> None:
    """The list in a zip, and a picture in a saved notebook with its alternative text; a sketch says what it is."""
    studio = studio_at(bfl_double, "bfl")
    real = studio.generate("a fox")
    drawn = studio.with_target("sketch").generate("a hare", width=64, height=64)
    path = tmp_path / "pictures.zip"
    path.write_bytes(b"".join(bundle(studio.history.items([real.id, drawn.id]))))
    told = json.loads(ZipFile(path).read("settings.json"))
    said = {one["request"]["prompt"]: one["origin"] for one in told.values()}
    assert said == {"a fox": "AI-generated by flux-2-pro on bfl", "a hare": "Sketch, not a FLUX.2 image"}
    shown = real._repr_mimebundle_()
    assert shown["text/html"].count("AI-generated") == 2
    assert "AI-generated" in shown["text/plain"]
    assert "AI-generated" not in drawn._repr_mimebundle_()["text/html"]
