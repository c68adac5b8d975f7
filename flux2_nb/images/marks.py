"""The XMP packet that tells any program where a picture comes from (XMP part 1; IPTC photo metadata 2025.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal, get_args
from xml.sax.saxutils import escape

SourceType = Literal["algorithmicMedia", "trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia"]
"""IPTC's words for: drawn by a procedure, made by a trained model, made by a trained model from somebody's picture."""

SOURCE_TYPE_ADDRESS = "http://cv.iptc.org/newscodes/digitalsourcetype/"

MAX_CAPTION = 2000
"""Characters of a caption in XMP: in a JPEG the packet must fit in 64 kB; the whole prompt stands in the settings."""

_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="flux2_nb">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">
   <xmp:CreatorTool>flux2_nb</xmp:CreatorTool>
   <Iptc4xmpExt:DigitalSourceType>{source_type}</Iptc4xmpExt:DigitalSourceType>
   <dc:description><rdf:Alt><rdf:li xml:lang="x-default">{caption}</rdf:li></rdf:Alt></dc:description>{system}
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""

_SYSTEM = """
   <Iptc4xmpExt:AISystemUsed>{system}</Iptc4xmpExt:AISystemUsed>
   <Iptc4xmpExt:AIPromptInformation>{caption}</Iptc4xmpExt:AIPromptInformation>"""

_ADDED = """<rdf:Description rdf:about={about}
    xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">
   <Iptc4xmpExt:DigitalSourceType>{source_type}</Iptc4xmpExt:DigitalSourceType>
  </rdf:Description>
 """

_END, _ABOUT = b"</rdf:RDF>", re.compile(rb"""rdf:about\s*=\s*("[^"]*"|'[^']*')""")

_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xmp_packet(source_type: str, caption: str, system: str = "") -> bytes:
    """Return an XMP packet.

    Args:
        source_type: One of `SourceType`.
        caption: What the picture shows or what was asked for; cut to 2,000 characters, markup in it stays text.
        system: The trained model that made it; empty for none.

    Raises:
        ValueError: When the source type is none of IPTC's three that fit here.
    """
    if source_type not in get_args(SourceType):
        raise ValueError(f'"{source_type}" is none of {", ".join(get_args(SourceType))}.')
    words = {"caption": _text(caption), "system": _text(system)}
    packet = _PACKET.format(
        source_type=SOURCE_TYPE_ADDRESS + source_type,
        caption=words["caption"],
        system=_SYSTEM.format(**words) if system else "",
    )
    return packet.encode()


def with_source_type(packet: bytes, source_type: str) -> bytes:
    """Return somebody else's XMP packet with IPTC's word in it, and all that stands there as it was.

    A packet that has such a word keeps its own; one that is not written in UTF-8 in the usual way stays as it is.
    """
    end = packet.rfind(_END)
    if not source_type or end < 0 or b"DigitalSourceType" in packet:
        return packet
    # All descriptions of a packet must be about the same thing (XMP part 1, 7.4).
    about = _ABOUT.search(packet)
    added = _ADDED.format(
        about=about[1].decode("utf-8", "replace") if about else '""', source_type=SOURCE_TYPE_ADDRESS + source_type
    )
    return packet[:end] + added.encode() + packet[end:]


def source_type_of(settings: Mapping[str, Any]) -> SourceType:
    """Return IPTC's word for how a picture with these settings was made."""
    if settings.get("provider") == "sketch":
        return "algorithmicMedia"
    request = settings.get("request")
    edited = isinstance(request, Mapping) and bool(request.get("references"))
    return "compositeWithTrainedAlgorithmicMedia" if edited else "trainedAlgorithmicMedia"


def _text(text: str) -> str:
    short = text if len(text) <= MAX_CAPTION else text[: MAX_CAPTION - 1] + "…"
    return escape(_NOT_XML.sub("\ufffd", short))
