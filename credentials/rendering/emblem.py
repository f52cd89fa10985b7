"""The drawn picture of an achievement: the frame of its kind, a woven ring and a symbol, in one dark tone."""

import math
import uuid
from collections.abc import Iterator

from lucide.templatetags.lucide import lucide

from credentials.icons import ICONS
from credentials.rendering import seal, tones

ICON_WIDTH = 1.6  # of its lines, in the units of the icon: its square is 24 of them
HOLE = 0.72  # of the reach of the rosette: where its woven ring begins
PIECES = 12  # straight pieces of each of an icon's curves

Point = tuple[float, float]


def svg(identity: uuid.UUID, *, kind: str, colour: str, icon: str = "") -> str:
    """A whole SVG document; without an icon, the seal. ValueError on an unknown kind, colour or icon.

    The colour, `#rrggbb`, is the issuer's own; what is drawn has the tone of it that can be read on white.
    """
    return seal.drawing(shapes(identity, kind, icon), tone(colour), inside=_icon(icon, size(kind)))


def tone(colour: str) -> str:
    return tones.tones(colour).dark


def shapes(identity: uuid.UUID, kind: str, icon: str) -> tuple[seal.Shape, ...]:
    """What is drawn around the icon; without one, the whole seal."""
    if not icon:
        return seal.shapes(identity, kind)
    reach, lines = seal.frame(kind)
    draw = seal.Draw(identity)
    ring = seal.weave(
        draw,
        lobes=(8, 10, 11, 12, 15, 16, 18, 20),
        around=0.75,
        radius=(1 + HOLE) / 2 * reach,
        depth=(1 - HOLE) / 2 * reach,
        swell=draw.between(0.1, 0.36),
        curl=draw.between(0.02, 0.08) * reach,
    )
    return (*ring, *seal.beads(identity, (HOLE - 0.05) * reach), *lines)


def size(kind: str) -> float:
    """How long one unit of an icon is: its square has its corners at the ring of dots."""
    reach, _ = seal.frame(kind)
    return (HOLE - 0.09) * reach * math.sqrt(2) / 24


def lines(icon: str) -> Iterator[list[Point]]:
    """The icon's lines as points around its middle, for what cannot draw SVG."""
    # It takes a while to import, and only a picture of dots needs it.
    from fontTools.pens.recordingPen import DecomposingRecordingPen
    from fontTools.svgLib.path import SVGPath

    pen = DecomposingRecordingPen({})
    SVGPath.fromstring(_lucide(icon).encode()).draw(pen)
    line: list[Point] = []
    for verb, points in pen.value:
        if verb == "moveTo":
            line = [points[0]]
        elif verb == "closePath":
            line.append(line[0])
        elif verb != "endPath":
            line.extend(_curve(line[-1], *points))
        if verb in {"closePath", "endPath"}:
            yield [(x - 12, y - 12) for x, y in line]


def _curve(*controls: Point) -> Iterator[Point]:
    """The points after the first of a Bézier curve with these controls; of a straight line, its end."""
    degree, pieces = len(controls) - 1, PIECES if len(controls) > 2 else 1
    for piece in range(1, pieces + 1):
        t = piece / pieces
        parts = [math.comb(degree, n) * (1 - t) ** (degree - n) * t**n for n in range(degree + 1)]
        yield (
            sum(part * x for part, (x, _) in zip(parts, controls, strict=True)),
            sum(part * y for part, (_, y) in zip(parts, controls, strict=True)),
        )


def _icon(icon: str, unit: float) -> str:
    if not icon:
        return ""
    whole = _lucide(icon)
    elements = "".join(line.strip() for line in whole[whole.index(">") + 1 : whole.rindex("<")].splitlines())
    return (
        f'<g transform="scale({unit:.2f}) translate(-12 -12)" stroke-width="{ICON_WIDTH}" '
        f'stroke-linecap="round">{elements}</g>'
    )


def _lucide(icon: str) -> str:
    if icon not in ICONS:
        raise ValueError(f"There is no symbol {icon!r}.")
    return lucide(icon, xmlns="http://www.w3.org/2000/svg")
