"""Readable tones made from an issuer's colour, which itself is never printed (UI.md, "Issuer branding")."""

import colorsys
import re
from dataclasses import dataclass

DARK_CONTRAST = 7.5  # against white: WCAG AAA for text of any size
LINE_CONTRAST = 3.0


@dataclass(frozen=True)
class Tones:
    """Four tones of one hue as `#rrggbb`: for text, for line work, for faint print, for a panel."""

    dark: str
    line: str
    faint: str
    panel: str


def tones(colour: str) -> Tones:
    """Tones of this `#rrggbb`. Raises ValueError for anything else."""
    if not re.fullmatch("#[0-9a-fA-F]{6}", colour):
        raise ValueError("A colour is written as #rrggbb.")
    hue, lightness, saturation = colorsys.rgb_to_hls(*rgb(colour))
    saturation = min(saturation, 0.82)
    return Tones(
        dark=_darkened(hue, min(lightness, 0.34), saturation, DARK_CONTRAST),
        line=_darkened(hue, min(lightness, 0.55), saturation * 0.7, LINE_CONTRAST),
        faint=_hex(hue, 0.93, saturation * 0.55),
        panel=_hex(hue, 0.965, saturation * 0.5),
    )


def rgb(colour: str) -> tuple[float, float, float]:
    """Red, green and blue of `#rrggbb`, each from 0 to 1."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def contrast_with_white(colour: str) -> float:
    """The contrast ratio of WCAG 2, from 1 to 21."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in rgb(colour)
    )
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _darkened(hue: float, lightness: float, saturation: float, contrast: float) -> str:
    colour = _hex(hue, lightness, saturation)
    while contrast_with_white(colour) < contrast:
        lightness -= 0.01
        colour = _hex(hue, lightness, saturation)
    return colour


def _hex(hue: float, lightness: float, saturation: float) -> str:
    return "#" + "".join(
        f"{round(part * 255):02x}" for part in colorsys.hls_to_rgb(hue, lightness, saturation)
    )
