"""The guilloche seal of a credential, drawn from nothing but its identifier. Decoration, not proof."""

import math
import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from credentials.kinds import KINDS

GREEN = "#0b6b57"
STEPS = 120  # points of a line; 360 would look the same and weigh three times as much
HALF = 1000  # the drawing is the square from -HALF to HALF around the origin, y pointing down

Point = tuple[int, int]


@dataclass(frozen=True)
class Strand:
    """One closed smooth line, drawn `turns` times around the middle.

    `segments` holds (x2, y2, x, y) of each cubic piece: its second control point and its end. Its first
    control point mirrors the second one of the piece before, like the `S` command of SVG.
    """

    start: Point
    control: Point
    segments: tuple[tuple[int, int, int, int], ...]
    turns: int
    width: int

    def angles(self) -> Iterator[float]:
        """The degrees by which each copy is turned."""
        return (360 * turn / self.turns for turn in range(self.turns))


@dataclass(frozen=True)
class Ring:
    radius: int
    width: int


@dataclass(frozen=True)
class Outline:
    """A closed polygon."""

    corners: tuple[Point, ...]
    width: int


@dataclass(frozen=True)
class Dot:
    x: int
    y: int
    radius: int


Shape = Strand | Ring | Outline | Dot


@dataclass(frozen=True, kw_only=True)
class Band:
    """A woven ring: every line swings `depth` to each side of `radius`, `waves` times a round.

    `lobes` bulges of strength `swell` (0 to 1) shape its edges, and as many copies of the line weave it;
    `curl` bends the waves into loops.
    """

    radius: float
    depth: float
    lobes: int
    waves: int
    swell: float = 0.0
    curl: float = 0.0
    phase: float = 0.0
    width: int = 3

    def at(self, angle: float) -> tuple[float, float, float, float]:
        """The point at this angle (radians) and the line's derivative there: x, y, dx, dy."""
        wave, lobe = self.waves * angle + self.phase, self.lobes * angle
        scale = self.depth / (1 + self.swell)
        envelope = scale * (1 + self.swell * math.cos(lobe))
        envelope_slope = -scale * self.swell * self.lobes * math.sin(lobe)
        out = self.radius + envelope * math.cos(wave)
        out_slope = envelope_slope * math.cos(wave) - envelope * self.waves * math.sin(wave)
        along, along_slope = self.curl * math.sin(wave), self.curl * self.waves * math.cos(wave)
        cos, sin = math.cos(angle), math.sin(angle)
        radial, tangential = out_slope - along, out + along_slope
        return (
            out * cos - along * sin,
            out * sin + along * cos,
            radial * cos - tangential * sin,
            radial * sin + tangential * cos,
        )

    def strand(self) -> Strand:
        third = 2 * math.pi / STEPS / 3
        knots = [self.at(2 * math.pi * step / STEPS) for step in range(STEPS)]
        x, y, dx, dy = knots[0]
        segments = tuple(
            (round(x - dx * third), round(y - dy * third), round(x), round(y))
            for x, y, dx, dy in (*knots[1:], knots[0])
        )
        return Strand(
            start=(round(x), round(y)),
            control=(round(x + dx * third), round(y + dy * third)),
            segments=segments,
            turns=self.lobes,
            width=self.width,
        )


class Draw:
    """Numbers drawn one after another from the sixteen bytes of an identifier."""

    def __init__(self, identifier: uuid.UUID):
        self.number = identifier.int

    def one_of(self, *choices):
        self.number, index = divmod(self.number, len(choices))
        return choices[index]

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self.one_of(*range(16)) / 15


def weave(draw: Draw, *, lobes: tuple[int, ...], around: float, **fixed) -> list[Strand]:
    """A band whose line closes evenly: waves near `around` times the lobes, sharing no factor with them.

    Few lobes make few lines, so a second line is laid between the first ones.
    """
    count = draw.one_of(*lobes)
    near = round(count * around)
    waves = [n for n in range(near - 3, near + 4) if 3 < n < STEPS // 5 and math.gcd(n, count) == 1]
    band = Band(lobes=count, waves=draw.one_of(*waves), phase=draw.between(0, math.pi), **fixed)
    between = replace(band, phase=band.phase + math.pi / count)
    return [band.strand()] if count > 13 else [band.strand(), between.strand()]


def rosette(identifier: uuid.UUID, reach: float, *, core: bool) -> list[Shape]:
    """The woven bands and the ring of dots, within `reach` of the middle; `core` fills the middle."""
    draw = Draw(identifier)
    outer = weave(
        draw,
        lobes=(8, 10, 11, 12, 15, 16, 18, 20),
        around=0.5,
        radius=0.79 * reach,
        depth=0.21 * reach,
        swell=draw.between(0.1, 0.36),
        curl=draw.between(0.02, 0.14) * reach,
    )
    middle = weave(
        draw,
        lobes=(9, 12, 15, 16, 18, 20),
        around=0.62,
        radius=0.545 * reach,
        depth=0.105 * reach,
        swell=draw.between(0.2, 0.6),
        width=2,
    )
    inner = weave(
        draw,
        lobes=(7, 8, 9, 12, 14, 16),
        around=0.75,
        radius=0.23 * reach,
        depth=draw.between(0.07, 0.12) * reach,
        swell=draw.between(0.0, 0.4),
        width=2,
    )
    return [*outer, *middle, *(inner if core else ()), *beads(identifier, 0.39 * reach)]


def beads(identifier: uuid.UUID, radius: float) -> list[Dot]:
    """Thirty-two dots, one for each half byte: two identifiers never have the same."""
    return [
        Dot(
            round(radius * math.sin(2 * math.pi * place / 32)),
            round(-radius * math.cos(2 * math.pi * place / 32)),
            5 + int(digit, 16),
        )
        for place, digit in enumerate(identifier.hex)
    ]


def hexagon(radius: float, width: int) -> Outline:
    """Standing on a corner."""
    corners = (
        (round(radius * math.sin(math.pi * n / 3)), round(-radius * math.cos(math.pi * n / 3)))
        for n in range(6)
    )
    return Outline(tuple(corners), width)


@lru_cache(maxsize=256)
def shapes(identifier: uuid.UUID, kind: str) -> tuple[Shape, ...]:
    """What the seal is made of; its frame says the kind. Raises ValueError on an unknown kind."""
    reach, lines = frame(kind)
    return (*rosette(identifier, reach, core=kind != "badge"), *lines)


def frame(kind: str) -> tuple[int, tuple[Shape, ...]]:
    """What stands around the rosette, and how far the rosette may reach. ValueError on an unknown kind."""
    if kind == "degree":
        return 890, (Ring(930, 5), Ring(975, 14))
    if kind == "role_certification":
        return 770, (hexagon(925, 5), hexagon(985, 14))
    if kind == "micro_certification":
        return 740, (Ring(900, 14),)
    if kind == "badge":
        return 800, (Ring(900, 5),)
    raise ValueError(f"A seal is drawn for one of {', '.join(KINDS)}, not for {kind!r}.")


def svg(identifier: uuid.UUID | str, *, kind: str, hue: str | None = None) -> str:
    """A whole SVG document; `hue` is `#rrggbb`. Raises ValueError on a bad identifier, kind or hue."""
    if isinstance(identifier, str):
        identifier = uuid.UUID(identifier)
    colour = hue or GREEN
    if not re.fullmatch("#[0-9a-fA-F]{6}", colour):
        raise ValueError("A colour is written as #rrggbb.")
    return drawing(shapes(identifier, kind), colour)


def drawing(shapes: Iterable[Shape], colour: str, *, inside: str = "") -> str:
    """Shapes as a whole SVG document, drawn in one colour; `inside` are elements drawn after them."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-{HALF} -{HALF} {2 * HALF} {2 * HALF}" '
        f'fill="none" stroke="{colour}" stroke-linejoin="round">'
        f"{''.join(_element(number, shape, colour) for number, shape in enumerate(shapes))}{inside}</svg>"
    )


def _element(number: int, shape: Shape, colour: str) -> str:
    match shape:
        case Strand():
            return _strand(number, shape)
        case Ring(radius, width):
            return f'<circle r="{radius}" stroke-width="{width}"/>'
        case Outline(corners, width):
            points = " ".join(f"{x},{y}" for x, y in corners)
            return f'<polygon points="{points}" stroke-width="{width}"/>'
        case Dot(x, y, radius):
            return f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{colour}" stroke="none"/>'


def _strand(number: int, strand: Strand) -> str:
    (x, y), (cx, cy) = strand.start, strand.control
    x2, y2, x1, y1 = strand.segments[0]
    smooth = "".join(f"S{a} {b} {c} {d}" for a, b, c, d in strand.segments[1:])
    path = f"M{x} {y}C{cx} {cy} {x2} {y2} {x1} {y1}{smooth}Z".replace(" -", "-")
    copies = "".join(f'<use href="#s{number}" transform="rotate({angle:g})"/>' for angle in strand.angles())
    return f'<defs><path id="s{number}" d="{path}"/></defs><g stroke-width="{strand.width}">{copies}</g>'
