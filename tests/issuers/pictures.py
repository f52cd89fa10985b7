"""Pictures to upload in tests: good ones, and those that were made to do harm."""

import io
import struct
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def picture(format: str = "PNG", size=(40, 30), colour="#0b6b57", mode="RGB", **how) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, format=format, **how)
    return out.getvalue()


def png_bomb(width: int = 20_000, height: int = 20_000) -> bytes:
    """A small file that would take 400 million points of memory."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packed = zlib.compressobj(9)
    line = b"\0" * (1 + width // 8)
    data = b"".join(packed.compress(line) for _ in range(height)) + packed.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def jpeg_with_words_for_its_width() -> bytes:
    """Its EXIF says the description where a number belongs."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "a description"
    return picture("JPEG", exif=exif).replace(b"\x01\x0e\x00\x02", b"\x01\x00\x00\x02")


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
HOSTILE = {
    "an SVG": SVG,
    "HTML called .png": HTML,
    "a PNG bomb": png_bomb(),
    "half a PNG": picture()[:-40],
    "a PNG of broken numbers": picture().replace(b"IDAT", b"IDAX"),
    "a JPEG with words for its width": jpeg_with_words_for_its_width(),
    "a GIF": picture("GIF"),
    "an empty file": b"",
    "more than 10 MB": b"\x89PNG\r\n\x1a\n" + b"\0" * (10 * 1024 * 1024),
}


def upload(data: bytes, name: str = "logo.png", content_type: str = "image/png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type=content_type)
