"""Cells that a spreadsheet program does not compute."""

COULD_BE_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """The text for a CSV cell: quoted with an apostrophe where it could be taken for a formula (TRUST.md)."""
    return f"'{text}" if text.startswith(COULD_BE_FORMULA) else text
