"""Pictures as finished PDF objects: made once, put on any number of pages without being encoded again.

They stand in for WeasyPrint's own images in its public `cache` mapping and touch a few of its internals
(`Stream._resources`, `RasterImage.get_x_object`), which is why WeasyPrint is pinned and a test compares
our pages with its own, pixel by pixel. WeasyPrint is imported here, so this module is imported inside
the functions that render.
"""

import hashlib
import io
import math
import uuid
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import pydyf
from PIL import Image
from weasyprint.images import RasterImage

from . import qr, seal
from .tones import rgb

LARGEST_SIDE = 900  # pixels: a logo of 50 mm at more than 400 dots per inch


class Finished(pydyf.Object):
    """A stream whose bytes are final. The payload is shared between files, the object belongs to one."""

    compressible = False

    def __init__(self, payload: bytes, extra: Mapping):
        super().__init__()
        self.payload = payload
        self.extra = pydyf.Dictionary({**extra, "Length": len(payload)})

    @property
    def data(self) -> bytes:
        return b"\n".join((self.extra.data, b"stream", self.payload, b"endstream"))


class KeptRaster(RasterImage):
    """A PNG or JPEG whose PDF data is encoded at its first use and then kept."""

    _kept: tuple[bytes, dict, bytes, dict] | None = None

    def get_x_object(self, interpolate, dpi_ratio):
        if self._kept is None:
            image = super().get_x_object(interpolate, dpi_ratio)
            mask = image.extra.pop("SMask", None)
            self._kept = (
                _joined(image.stream),
                dict(image.extra),
                _joined(mask.stream) if mask else b"",
                dict(mask.extra) if mask else {},
            )
        payload, extra, mask_payload, mask_extra = self._kept
        image = Finished(payload, extra)
        if mask_extra:
            image.extra["SMask"] = Finished(mask_payload, mask_extra)
        return image


def _joined(stream: Iterable) -> bytes:
    return b"".join(part.data if isinstance(part, pydyf.Object) else part for part in stream)


@lru_cache(maxsize=128)
def raster(data: bytes) -> KeptRaster:
    """The picture in these PNG or JPEG bytes, made no larger than is of use on paper."""
    from weasyprint import DEFAULT_OPTIONS

    data = smaller(data)
    name = hashlib.sha256(data).hexdigest()
    with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
        return KeptRaster(image, name, data, None, {}, "from-image", DEFAULT_OPTIONS)


def smaller(data: bytes) -> bytes:
    """The same picture with no side longer than LARGEST_SIDE."""
    with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
        if max(image.size) <= LARGEST_SIDE:
            return data
        kind = image.format
        image.thumbnail((LARGEST_SIDE, LARGEST_SIDE), Image.Resampling.LANCZOS)
        file = io.BytesIO()
        image.save(file, kind, **({"quality": 92} if kind == "JPEG" else {"optimize": True}))
    return file.getvalue()


@dataclass(frozen=True)
class Form:
    """A Form XObject in the making: compressed operators, their box, and the forms they call by name."""

    payload: bytes
    box: tuple[float, float, float, float]
    parts: Mapping[str, "Form"] = field(default_factory=dict)

    @classmethod
    def of(cls, operators: str, box: tuple[float, float, float, float], parts=None) -> "Form":
        return cls(zlib.compress(operators.encode("ascii"), 6), box, parts or {})

    def object(self) -> Finished:
        """A new PDF object of it, with new ones of its parts."""
        extra = {
            "Type": "/XObject",
            "Subtype": "/Form",
            "BBox": pydyf.Array(self.box),
            "Filter": "/FlateDecode",
        }
        made = Finished(self.payload, extra)
        if self.parts:
            parts = pydyf.Dictionary({name: part.object() for name, part in self.parts.items()})
            made.extra["Resources"] = pydyf.Dictionary({"XObject": parts, "Font": None})
        return made


class Drawing:
    """A vector picture that WeasyPrint places like any image."""

    def __init__(self, name: str, form: Form):
        self.name, self.form = name, form
        left, top, right, bottom = form.box
        self.left, self.top, self.width, self.height = left, top, right - left, bottom - top

    def get_intrinsic_size(self, resolution, font_size):
        return self.width, self.height, self.width / self.height

    def draw(self, stream, width, height, style):
        forms = stream._resources["XObject"]
        if self.name not in forms:
            forms[self.name] = self.form.object()
        across, down = width / self.width, height / self.height
        with stream.stacked():
            stream.transform(a=across, d=down, e=-self.left * across, f=-self.top * down)
            stream.draw_x_object(self.name)


def pen(colour: str) -> str:
    """Operators that make lines and areas this `#rrggbb`."""
    parts = " ".join(f"{part:.4g}" for part in rgb(colour))
    return f"{parts} RG {parts} rg"


def seal_drawing(identifier: uuid.UUID, kind: str, colour: str) -> Drawing:
    """The seal of this identifier, the same lines that `seal.svg` writes."""
    square = (-seal.HALF, -seal.HALF, seal.HALF, seal.HALF)
    return Drawing(f"seal{identifier.hex}", seal_form(seal.shapes(identifier, kind), colour, square))


def seal_form(shapes: Iterable[seal.Shape], colour: str, box: tuple[float, float, float, float]) -> Form:
    """These shapes as one form; each line that is drawn many times becomes a part of its own."""
    operators, parts = [pen(colour), "1 j"], {}
    for number, shape in enumerate(shapes):
        match shape:
            case seal.Strand():
                parts[f"s{number}"] = Form.of(_strand(shape), box)
                operators += (f"q {_turn(angle)} cm /s{number} Do Q" for angle in shape.angles())
            case seal.Ring(radius, width):
                operators.append(f"{width} w {_circle(0, 0, radius)} S")
            case seal.Outline(corners, width):
                points = " ".join(f"{x} {y} {'l' if place else 'm'}" for place, (x, y) in enumerate(corners))
                operators.append(f"{width} w {points} s")
            case seal.Dot(x, y, radius):
                operators.append(f"{_circle(x, y, radius)} f")
    return Form.of("\n".join(operators), box, parts)


def _strand(strand: seal.Strand) -> str:
    x, y = strand.start
    cx, cy = strand.control
    steps = [f"{strand.width} w 1 j {x} {y} m"]
    for x2, y2, x, y in strand.segments:
        steps.append(f"{cx} {cy} {x2} {y2} {x} {y} c")
        cx, cy = 2 * x - x2, 2 * y - y2
    return " ".join((*steps, "s"))


def _turn(degrees: float) -> str:
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return f"{cos:.6f} {sin:.6f} {-sin:.6f} {cos:.6f} 0 0"


def _circle(x: float, y: float, radius: float) -> str:
    arm = radius * 0.5523
    return (
        f"{x + radius:g} {y:g} m "
        f"{x + radius:g} {y + arm:.1f} {x + arm:.1f} {y + radius:g} {x:g} {y + radius:g} c "
        f"{x - arm:.1f} {y + radius:g} {x - radius:g} {y + arm:.1f} {x - radius:g} {y:g} c "
        f"{x - radius:g} {y - arm:.1f} {x - arm:.1f} {y - radius:g} {x:g} {y - radius:g} c "
        f"{x + arm:.1f} {y - radius:g} {x + radius:g} {y - arm:.1f} {x + radius:g} {y:g} c h"
    )


def qr_drawing(text: str) -> Drawing:
    """The QR code of this address, black on white, with its quiet zone."""
    rows = qr.matrix(text)
    side = len(rows) + 2 * qr.QUIET
    bars = " ".join(f"{x + qr.QUIET} {y + qr.QUIET} {length} 1 re" for x, y, length in qr.runs(rows))
    name = hashlib.sha256(text.encode()).hexdigest()[:32]
    return Drawing(f"qr{name}", Form.of(f"1 g 0 0 {side} {side} re f 0 g {bars} f", (0, 0, side, side)))
