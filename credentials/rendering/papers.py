"""The printed paper under a certificate: guilloche frame and faint rosette, one for each layout and tone."""

import math
import uuid
from functools import lru_cache

from credentials.kinds import MACRO

from . import seal
from .drawings import Drawing, Form, pen, seal_form
from .tones import Tones

WIDTH, HEIGHT = 2970, 2100  # A4 landscape in tenths of a millimetre, y pointing down
SHEET = (0, 0, WIDTH, HEIGHT)
WATERMARK = uuid.UUID("6e27f0c2-4b1d-4a58-9d3e-0a7c1f5b8e94")
LACE = 132  # length of one link of the lace in the frame


@lru_cache(maxsize=128)
def paper(layout: str, tones: Tones) -> Drawing:
    """The whole sheet behind the words."""
    form = formal(tones) if layout == MACRO else modern(tones)
    return Drawing(f"paper{layout}{tones.dark[1:]}", form)


def formal(tones: Tones) -> Form:
    """A frame of lace between hairlines, a rosette in each corner and a faint one in the middle."""
    square = (-seal.HALF, -seal.HALF, seal.HALF, seal.HALF)
    parts = {
        "mark": seal_form(seal.rosette(WATERMARK, 1000, core=True), tones.faint, square),
        "corner": seal_form(corner(), tones.dark, square),
        "lace": Form.of(lace(), (-10, -40, LACE + 10, 40)),
    }
    operators = [
        f"q .78 0 0 .78 {WIDTH / 2} {HEIGHT / 2} cm /mark Do Q",
        pen(tones.dark),
        f"9 w {_frame(80)} S 2.5 w {_frame(93)} S 2.5 w {_frame(163)} S 2.5 w {_frame(170)} S",
        pen(tones.line),
        "1.6 w",
        *_side(WIDTH, "1 0 0 1 {at} 128"),
        *_side(WIDTH, "1 0 0 1 {at} " + str(HEIGHT - 128)),
        *_side(HEIGHT, "0 1 -1 0 128 {at}"),
        *_side(HEIGHT, "0 1 -1 0 " + str(WIDTH - 128) + " {at}"),
        *(
            f"q 1 g {x - 46} {y - 46} 92 92 re f Q q .046 0 0 .046 {x} {y} cm /corner Do Q"
            for x in (128, WIDTH - 128)
            for y in (128, HEIGHT - 128)
        ),
    ]
    return Form.of("\n".join(operators), SHEET, parts)


def modern(tones: Tones) -> Form:
    """A tinted panel at the side, its edge, and a rosette that runs out of it."""
    square = (-seal.HALF, -seal.HALF, seal.HALF, seal.HALF)
    parts = {"mark": seal_form(seal.rosette(WATERMARK, 1000, core=True), tones.faint, square)}
    return Form.of(
        f"{pen(tones.panel)} 0 0 1130 {HEIGHT} re f "
        f"q 0 0 1130 {HEIGHT} re W n 1.16 0 0 1.16 190 1810 cm /mark Do Q "
        f"{pen(tones.dark)} 1130 0 14 {HEIGHT} re f",
        SHEET,
        parts,
    )


def _frame(inset: int) -> str:
    return f"{inset} {inset} {WIDTH - 2 * inset} {HEIGHT - 2 * inset} re"


def _side(length: int, matrix: str) -> list[str]:
    """Links of lace from corner to corner, stretched a little so that they come out even."""
    start, room = 182, length - 2 * 182
    count = round(room / LACE)
    stretch = room / count / LACE
    places = (matrix.format(at=round(start + link * room / count, 2)) for link in range(count))
    return [f"q {place} cm {stretch:.5f} 0 0 1 0 0 cm /lace Do Q" for place in places]


def lace(strands: int = 9, waves: int = 2, steps: int = 18) -> str:
    """One link: lines that swing inside an envelope which is narrow at both ends, ready to be chained."""
    lines = []
    for strand in range(strands):
        knots = [_lace_at(step / steps, waves, 2 * math.pi * strand / strands) for step in range(steps + 1)]
        reach = LACE / steps / 3
        x, y, slope = knots[0]
        lines.append(f"{x:.1f} {y:.1f} m")
        for next_x, next_y, next_slope in knots[1:]:
            lines.append(f"{x + reach:.1f} {y + slope * reach:.1f} {next_x - reach:.1f}")
            lines.append(f"{next_y - next_slope * reach:.1f} {next_x:.1f} {next_y:.1f} c")
            x, y, slope = next_x, next_y, next_slope
    return " ".join((*lines, "S"))


def _lace_at(part: float, waves: int, phase: float) -> tuple[float, float, float]:
    """x, y and dy/dx at this part (0 to 1) of a link."""
    turn = 2 * math.pi / LACE
    x = part * LACE
    envelope, swelling = 21 - 9 * math.cos(turn * x), 9 * turn * math.sin(turn * x)
    wave = waves * turn * x + phase
    return x, envelope * math.sin(wave), swelling * math.sin(wave) + envelope * waves * turn * math.cos(wave)


def corner() -> list[seal.Shape]:
    band = seal.Band(radius=560, depth=400, lobes=12, waves=7, swell=0.3, width=24)
    return [band.strand(), seal.Ring(960, 40)]
