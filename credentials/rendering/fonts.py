"""The typefaces of a certificate: TrueType files, so that no WOFF2 has to be unpacked for every layout.

Fontconfig finds the typefaces of other scripts by itself, except one: Debian's fonts-droid-fallback keeps its
only file with Hangul outside of the folder that Fontconfig looks into.
"""

import io
from functools import cache
from importlib import resources
from pathlib import Path

PACKAGED = {
    "serif-400": ("font_source_serif_pro", "SourceSerifPro-Regular.ttf"),
    "serif-400-italic": ("font_source_serif_pro", "SourceSerifPro-It.ttf"),
    "serif-600": ("font_source_serif_pro", "SourceSerifPro-Semibold.ttf"),
    "sans-400": ("font_manrope", "Manrope-Regular.ttf"),
    "sans-600": ("font_manrope", "Manrope-SemiBold.ttf"),
}
OF_THE_SYSTEM = {"fallback": Path("/usr/share/fonts-droid-fallback/truetype/DroidSansFallback.ttf")}
JOINING = {"liga", "calt"}
NAMES = PACKAGED.keys() | OF_THE_SYSTEM.keys()


@cache
def font_bytes(name: str) -> bytes:
    """The file of this typeface. Raises KeyError if unknown, FileNotFoundError if not installed."""
    if name in OF_THE_SYSTEM:
        return OF_THE_SYSTEM[name].read_bytes()
    package, file = PACKAGED[name]
    whole = resources.files(package).joinpath("files", file).read_bytes()
    return as_typed(whole) if package == "font_manrope" else whole


def as_typed(file: bytes) -> bytes:
    """The typeface without the ligatures that are other characters: "--" as a dash, "(c)" as ©."""
    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(file), recalcTimestamp=False)
    for record in font["GSUB"].table.FeatureList.FeatureRecord:
        if record.FeatureTag in JOINING:
            record.Feature.LookupListIndex, record.Feature.LookupCount = [], 0
    changed = io.BytesIO()
    font.save(changed)
    return changed.getvalue()
