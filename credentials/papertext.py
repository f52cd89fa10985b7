"""A reader for `programs`: from a PDF to what its first pages say, as JSON.

In a process of its own for the reasons of `attachments`, with limits like its own; it imports nothing of
ours. `lines` are the lines of text in the order in which they are written on the page, `overlays` the kinds
of annotations that could cover or add something, `pages` how many pages there are in all.
"""

import io
import json
import resource

MAX_PAGES = 3  # a certificate has one
MAX_SECONDS = 3
MAX_MEMORY = 512 * 1024 * 1024
MAX_UNPACKED = 16 * 1024 * 1024  # of any one stream in the file
MAX_TEXT = 100_000  # characters
HARMLESS = ("/Link", "/Popup")


class Refused(Exception):
    """Nothing is refused: what cannot be read breaks the reader."""


def prepare() -> None:
    import pypdf  # noqa: F401 - loaded once, for every file


def limit_this_process() -> None:
    """Memory, time and unpacked size, before the first byte of the file is looked at."""
    from pypdf import overwrite_configuration

    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    overwrite_configuration(zlib_maximum_output_length=MAX_UNPACKED, lzw_maximum_output_length=MAX_UNPACKED)


def lines_of(page) -> list[str]:
    """Each run of text at one height and in one size is a line; pypdf itself sometimes forgets to break."""
    lines: list[str] = []
    last: tuple[float, float] | None = None

    def visit(text, _user_matrix, text_matrix, _font, size):
        nonlocal last
        if not text.strip():
            return
        place = round(text_matrix[5], 1), round(size * text_matrix[3], 1)
        if place == last:
            lines[-1] += text
        else:
            lines.append(text)
        last = place

    page.extract_text(visitor_text=visit)
    return [" ".join(line.split()) for text in lines for line in text.split("\n") if line.strip()]


def overlays_of(page) -> list[str]:
    found = [annotation.get_object() for annotation in page.get("/Annots") or []]
    return [str(one.get("/Subtype")) for one in found if not is_harmless(one)]


def is_harmless(annotation) -> bool:
    """Links show nothing of their own; a signature of the file shows nothing if its field has no size."""
    if annotation.get("/Subtype") in HARMLESS:
        return "/AP" not in annotation
    left, low, right, high = map(float, annotation.get("/Rect", (0, 0, 1, 1)))
    return annotation.get("/FT") == "/Sig" and (left, low) == (right, high)


def answer(data: bytes) -> bytes:
    from pypdf import PdfReader

    every = PdfReader(io.BytesIO(data)).pages
    pages = every[:MAX_PAGES]
    lines = [line for page in pages for line in lines_of(page)]
    overlays = sorted({kind for page in pages for kind in overlays_of(page)})
    text = "\n".join(lines)[:MAX_TEXT]
    found = {"lines": text.split("\n") if text else [], "overlays": overlays, "pages": len(every)}
    return json.dumps(found).encode()
