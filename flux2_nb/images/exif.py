"""The two things in EXIF that concern us: which way is up, and the user comment."""

from __future__ import annotations

from PIL import Image
from PIL.Image import Transpose

from .container import OURS

ORIENTATION, SOFTWARE, EXIF_IFD, USER_COMMENT = 0x0112, 0x0131, 0x8769, 0x9286
UNICODE = b"UNICODE\0"

TURNS: dict[int, Transpose] = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
"""What each orientation value but 1 needs to stand upright (Exif 3.0, tag 0x0112)."""

SIDEWAYS = {5, 6, 7, 8}
"""The orientations in which width and height change places."""


def orientation(exif: bytes) -> int:
    """Return the orientation, 1 to 8; 1 when there is none or it cannot be read."""
    value = _read(exif).get(ORIENTATION) if exif else 1
    return value if value in TURNS else 1


def orientation_exif(value: int) -> bytes:
    """Return a TIFF structure that holds nothing but an orientation; empty for 1, which needs no saying."""
    if value == 1:
        return b""
    exif = Image.Exif()
    exif[ORIENTATION] = value
    return _bytes(exif)


def comment_exif(text: str) -> bytes:
    """Return a TIFF structure with a user comment, where Stable Diffusion web UIs look for it in JPEG and WebP."""
    exif = Image.Exif()
    exif[SOFTWARE] = OURS.decode()
    exif.get_ifd(EXIF_IFD)[USER_COMMENT] = UNICODE + text.encode("utf-16-be", "replace")
    return _bytes(exif)


def read_comment(exif: bytes) -> str:
    """Return the user comment; empty when there is none or it cannot be read."""
    comment = _read(exif, EXIF_IFD).get(USER_COMMENT) if exif else None
    if not isinstance(comment, bytes):
        return ""
    if not comment.startswith(UNICODE):
        return comment.removeprefix(b"ASCII\0\0\0").decode("utf-8", "replace").strip("\0 ")
    text = comment[len(UNICODE) :]
    # The byte order is that of the writer, who does not tell it; every such text names its seed or steps.
    orders = [text.decode(order, "replace") for order in ("utf-16-be", "utf-16-le")]
    return next((decoded for decoded in orders if "Steps:" in decoded or "Seed:" in decoded), orders[0]).strip("\0 ")


def _read(exif: bytes, ifd: int = 0) -> dict[int, object]:
    structure = Image.Exif()
    try:
        structure.load(exif)
        return dict(structure.get_ifd(ifd) if ifd else structure)
    except Exception:  # Pillow raises many kinds on a hostile structure, and none of them is worth a refusal.
        return {}


def _bytes(exif: Image.Exif) -> bytes:
    return exif.tobytes().removeprefix(b"Exif\0\0")
