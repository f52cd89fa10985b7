"""QR codes of short addresses: level M, a quiet zone of four, drawn as one path."""

from collections.abc import Iterator
from functools import lru_cache

import qrcode
from qrcode.constants import ERROR_CORRECT_M

QUIET = 4  # light modules on each side, ISO/IEC 18004
MASK = 2  # any of the eight is valid; trying all of them costs more than half of the time


@lru_cache(maxsize=256)
def _rows(text: str) -> tuple[tuple[bool, ...], ...]:
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=MASK)
    code.add_data(text)
    code.make(fit=True)
    return tuple(tuple(bool(module) for module in row) for row in code.modules)


def matrix(text: str) -> list[list[bool]]:
    """Rows of modules without the quiet zone, True is dark. Raises ValueError if the text is too long."""
    if not text or len(text.encode()) > 1000:
        raise ValueError("A QR code holds an address of 1 to 1,000 bytes.")
    return [list(row) for row in _rows(text)]


def runs(rows: list[list[bool]]) -> Iterator[tuple[int, int, int]]:
    """Every unbroken run of dark modules as (x, y, length)."""
    for y, row in enumerate(rows):
        start = None
        for x, dark in enumerate((*row, False)):
            if dark and start is None:
                start = x
            elif not dark and start is not None:
                yield start, y, x - start
                start = None


def svg(text: str) -> str:
    """A whole SVG document: dark on white, quiet zone included. Raises ValueError if the text is too long."""
    rows = matrix(text)
    side = len(rows) + 2 * QUIET
    path = "".join(f"M{x + QUIET} {y + QUIET}h{length}v1h-{length}z" for x, y, length in runs(rows))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}h-{side}z"/><path d="{path}"/></svg>'
    )
