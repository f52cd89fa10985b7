"""The two typefaces for the web, cut once from their packages to the scripts that a page of ours is written in."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

# Latin with all its accents, Greek, Cyrillic, punctuation, currency, arrows and the few signs of the interface.
# A name in any other script is shown in the reader's own fonts.
CHARACTERS = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x250),
    *range(0x2B0, 0x370),
    *range(0x370, 0x530),
    *range(0x1E00, 0x1F00),
    *range(0x2000, 0x2070),
    *range(0x20A0, 0x20C1),
    *(0x2116, 0x2122, 0x2190, 0x2191, 0x2192, 0x2193, 0x2212, 0x2260, 0x2264, 0x2265),
]
FEATURES = ["kern", "liga", "calt", "ccmp", "locl", "mark", "mkmk", "tnum", "lnum", "case"]


@dataclass(frozen=True)
class Face:
    name: str  # of the file that the style sheet asks for
    package: str
    source: str
    weights: tuple[int, int] | None = None  # the part of a variable font that is kept


FACES = [
    Face("manrope.woff2", "font_manrope", "Manrope-VariableFont_wght.ttf", weights=(400, 700)),
    Face("source-serif-400.woff2", "font_source_serif_pro", "SourceSerifPro-Regular.ttf"),
    Face("source-serif-600.woff2", "font_source_serif_pro", "SourceSerifPro-Semibold.ttf"),
]


def prepare(folder: Path, *, say: Callable[[str], object] = lambda line: None) -> list[Path]:
    """Put the web fonts into `folder`/fonts. What is there is left; the paths of those newly made are returned."""
    target = Path(folder) / "fonts"
    missing = [face for face in FACES if not (target / face.name).exists()]
    if missing:
        target.mkdir(parents=True, exist_ok=True)
        say("Preparing the typefaces (once).")
    return [_cut(face, target / face.name) for face in missing]


def _cut(face: Face, path: Path) -> Path:
    # fontTools takes half a second to import, and nothing to import when the fonts are there.
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    font = TTFont(str(files(face.package) / "files" / face.source))
    options = Options()
    options.layout_features = FEATURES
    options.hinting = False
    options.flavor = "woff2"
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=CHARACTERS)
    subsetter.subset(font)
    if face.weights:
        font = instantiateVariableFont(font, {"wght": face.weights})
    font.flavor = "woff2"
    passing = path.with_suffix(".part")  # a second process that prepares at the same time sees whole files only
    font.save(passing)
    passing.replace(path)
    return path
