"""Pictures that people bring: read with limits, drawn anew without what came with them (TRUST.md 5)."""

import hashlib
import io
import struct

from django.core.files.base import ContentFile
from PIL import Image, ImageFile, ImageOps

FORMATS = ("PNG", "JPEG", "WEBP")
MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 25_000_000
TOO_MANY_POINTS = "The picture has more than 25 million points. Make it smaller and choose it again."
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
BROKEN = (OSError, SyntaxError, ValueError, MemoryError, struct.error)
SUFFIXES = {"PNG": "png", "JPEG": "jpg"}


class UnreadableImage(ValueError):
    """The file is no picture that we take. The message is for people."""


def reencode(file, *, max_edge: int = 1200, to: str = "PNG") -> ContentFile:
    """The picture of an open binary file, at most `max_edge` pixels wide and high, named by its content.

    `to` is "PNG" or "JPEG". Raises `UnreadableImage`.
    """
    data = _bytes(file)
    try:
        picture = _drawn_anew(_open(data), max_edge=max_edge, to=to)
    except UnreadableImage:
        raise
    except BOMBS:
        raise UnreadableImage(TOO_MANY_POINTS) from None
    except BROKEN:
        raise UnreadableImage("This file is not a whole PNG, JPEG or WebP picture. Choose another.") from None
    out = io.BytesIO()
    picture.save(out, format=to, optimize=to == "JPEG")
    written = out.getvalue()
    return ContentFile(written, name=f"{hashlib.sha256(written).hexdigest()[:32]}.{SUFFIXES[to]}")


def _bytes(file) -> bytes:
    """Read one byte more than is allowed, never the whole of something huge."""
    file.seek(0)
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise UnreadableImage("The picture is larger than 10 MB. Choose a smaller one.")
    if not data:
        raise UnreadableImage("The file is empty. Choose another.")
    return data


def _open(data: bytes) -> Image.Image:
    """The picture with its size checked before a single pixel is unpacked."""
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint, once imported, has Pillow take half a picture
    image = Image.open(io.BytesIO(data), formats=FORMATS)
    if image.width * image.height > MAX_PIXELS:
        raise UnreadableImage(TOO_MANY_POINTS)
    return image


def _drawn_anew(image: Image.Image, *, max_edge: int, to: str) -> Image.Image:
    """The first frame, upright, scaled down if need be, in plain RGB or RGBA, with no metadata."""
    see_through = to == "PNG" and ("A" in image.getbands() or "transparency" in image.info)
    image.load()
    upright = ImageOps.exif_transpose(_with_8_bits(image)).convert("RGBA" if see_through else "RGB")
    upright.thumbnail((max_edge, max_edge), Image.Resampling.LANCZOS)
    clean = Image.new(upright.mode, upright.size)
    clean.paste(upright)
    return clean


def _with_8_bits(image: Image.Image) -> Image.Image:
    """A greyscale picture with 16 bits for each point keeps its tones; Pillow would cut them off at white."""
    if not image.mode.startswith("I"):
        return image
    grey = image.convert("I").point(lambda tone: tone / 256).convert("L")
    if isinstance(hidden := image.info.get("transparency"), int):
        grey.info["transparency"] = hidden // 256
    return grey
