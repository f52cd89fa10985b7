"""The two typefaces for the web, cut once from their packages to the scripts our pages are written in."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from django.conf import settings

# Latin with all its accents, Greek, Cyrillic, punctuation, currency, arrows and a few signs. A name in any
# other script is shown in the reader's own fonts.
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
AS_TYPED = ["kern", "ccmp", "locl", "mark", "mkmk", "tnum", "lnum", "case"]
FEATURES = [*AS_TYPED, "liga", "calt"]


@dataclass(frozen=True)
class Face:
    name: str  # of the file that the style sheet asks for
    package: str
    source: str
    weights: tuple[int, int] | None = None  # the part of a variable font that is kept
    features: list[str] = field(default_factory=FEATURES.copy)


# Manrope's ligatures are other characters: "--" is drawn as a dash and "(c)" as ©, in a licence number too.
# So it has none. A file that is there is left alone, hence the name that no earlier one had.
FACES = [
    Face(
        "manrope-as-typed.woff2",
        "font_manrope",
        "Manrope-VariableFont_wght.ttf",
        weights=(400, 700),
        features=AS_TYPED,
    ),
    Face("source-serif-400.woff2", "font_source_serif_pro", "SourceSerifPro-Regular.ttf"),
    Face("source-serif-600.woff2", "font_source_serif_pro", "SourceSerifPro-Semibold.ttf"),
]


def prepare(folder: Path | None = None, *, say: Callable[[str], object] = lambda line: None) -> list[Path]:
    """Put the web fonts into `folder`/fonts, leaving what is there; answers the paths of those newly made.

    Without a folder it is the one that the site serves from. Three seconds the first time, nothing after.
    """
    target = Path(folder or settings.GENERATED_STATIC_DIR) / "fonts"
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
    options.layout_features = face.features
    options.hinting = False
    options.flavor = "woff2"
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=CHARACTERS)
    subsetter.subset(font)
    if face.weights:
        font = instantiateVariableFont(font, {"wght": face.weights})
    font.flavor = "woff2"
    passing = path.with_name(f"{path.name}.{secrets.token_hex(4)}")  # nobody ever sees half a font
    font.save(passing)
    passing.replace(path)
    return path
