"""Logos for the issuers of the demo, drawn when they are needed: a letter on a plain shape."""

import io

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw, ImageFont

from credentials.rendering.fonts import font_bytes

EDGE = 512
MARGIN = 16


def emblem(letter: str, *, colour: str, shape: str) -> ContentFile:
    """A PNG of 512 × 512 px; `shape` is circle, shield or hexagon."""
    image = Image.new("RGBA", (EDGE * 2, EDGE * 2), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    _SHAPES[shape](draw, EDGE * 2, colour)
    font = ImageFont.truetype(io.BytesIO(font_bytes("serif-600")), EDGE)
    draw.text((EDGE, EDGE * 0.98), letter, font=font, fill="white", anchor="mm")
    file = io.BytesIO()
    image.resize((EDGE, EDGE), Image.Resampling.LANCZOS).save(file, "PNG")
    return ContentFile(file.getvalue())


def _circle(draw: ImageDraw.ImageDraw, edge: int, colour: str) -> None:
    draw.ellipse((MARGIN, MARGIN, edge - MARGIN, edge - MARGIN), fill=colour)
    inner = MARGIN * 4
    draw.ellipse((inner, inner, edge - inner, edge - inner), outline="white", width=8)


def _shield(draw: ImageDraw.ImageDraw, edge: int, colour: str) -> None:
    top, side, waist = edge * 0.06, edge * 0.12, edge * 0.58
    draw.polygon(
        [(side, top), (edge - side, top), (edge - side, waist), (edge / 2, edge * 0.97), (side, waist)],
        fill=colour,
    )


def _hexagon(draw: ImageDraw.ImageDraw, edge: int, colour: str) -> None:
    draw.regular_polygon((edge / 2, edge / 2, edge / 2 - MARGIN), 6, rotation=30, fill=colour)


_SHAPES = {"circle": _circle, "shield": _shield, "hexagon": _hexagon}
