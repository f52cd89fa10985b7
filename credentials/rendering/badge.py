"""The emblem as a PNG, drawn by Pillow from the same shapes as the SVG: what a credential is baked into."""

import io
import math
import uuid
from collections.abc import Iterator, Sequence
from functools import lru_cache

from PIL import Image, ImageDraw

from credentials.rendering import emblem, seal

SIDE = 600  # pixels
FINER = 2  # drawn that many times larger, then scaled down, so that lines are smooth
PIECES = 3  # straight pieces of each of a line's curves
PAPER = (255, 255, 255, 255)

Point = tuple[float, float]


@lru_cache(maxsize=64)
def png(identifier: uuid.UUID, *, kind: str, colour: str, icon: str = "") -> bytes:
    """The emblem on white, `SIDE` pixels a side; the same bytes each time. About 0.1 s the first time."""
    side = SIDE * FINER
    picture = Image.new("RGBA", (side, side), PAPER)
    pen = ImageDraw.Draw(picture)
    tone, scale = emblem.tone(colour), side / (2 * seal.HALF)
    for shape in emblem.shapes(identifier, kind, icon):
        _draw(pen, shape, scale, tone)
    if icon:
        _draw_icon(pen, icon, emblem.size(kind), scale, tone)
    out = io.BytesIO()
    small = picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS).convert("RGB")
    small.quantize(64).save(out, format="PNG", optimize=True)
    return out.getvalue()


def _draw(pen: ImageDraw.ImageDraw, shape: seal.Shape, scale: float, colour: str) -> None:
    match shape:
        case seal.Strand():
            line = list(_points(shape))
            for degrees in shape.angles():
                pen.line(_placed(line, scale, degrees), fill=colour, width=_width(shape.width, scale))
        case seal.Ring(radius, width):
            pen.ellipse(_box(0, 0, radius + width / 2, scale), outline=colour, width=_width(width, scale))
        case seal.Outline(corners, width):
            closed = [*corners, *corners[:2]]
            pen.line(_placed(closed, scale, 0), fill=colour, width=_width(width, scale), joint="curve")
        case seal.Dot(x, y, radius):
            pen.ellipse(_box(x, y, radius, scale), fill=colour)


def _draw_icon(pen: ImageDraw.ImageDraw, icon: str, size: float, scale: float, colour: str) -> None:
    """Its lines with round ends and corners."""
    width = emblem.ICON_WIDTH * size * scale
    for line in emblem.lines(icon):
        placed = _placed([(x * size, y * size) for x, y in line], scale, 0)
        pen.line(placed, fill=colour, width=round(width))
        for x, y in placed:
            pen.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=colour)


def _points(strand: seal.Strand) -> Iterator[Point]:
    """The line as points; each curve begins with the mirrored end of the one before, like S in SVG."""
    (x, y), (cx, cy) = strand.start, strand.control
    yield x, y
    for x2, y2, x1, y1 in strand.segments:
        for piece in range(1, PIECES + 1):
            t = piece / PIECES
            a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3
            yield a * x + b * cx + c * x2 + d * x1, a * y + b * cy + c * y2 + d * y1
        x, y, cx, cy = x1, y1, 2 * x1 - x2, 2 * y1 - y2


def _placed(points: Sequence[Point], scale: float, degrees: float) -> list[Point]:
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    middle = seal.HALF
    return [((x * cos - y * sin + middle) * scale, (x * sin + y * cos + middle) * scale) for x, y in points]


def _box(x: float, y: float, radius: float, scale: float) -> tuple[float, float, float, float]:
    left, top = (x - radius + seal.HALF) * scale, (y - radius + seal.HALF) * scale
    return left, top, left + 2 * radius * scale, top + 2 * radius * scale


def _width(width: int, scale: float) -> int:
    return max(1, round(width * scale))
