"""A certificate: one page, PDF/A-3a, tagged, with the signed document inside it, byte for byte."""

import atexit
import html
import io
import threading
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime, time
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils.html import strip_tags

from .faces import CertificateFace, RenderingRefused, Sheet, Signatory, prepare, without
from .tones import Tones

if TYPE_CHECKING:
    from weasyprint import CSS, HTML, Document
    from weasyprint.css import ColorProfile
    from weasyprint.text.fonts import FontConfiguration

__all__ = [
    "CertificateFace",
    "RenderingRefused",
    "RenderingUnavailable",
    "Signatory",
    "render",
    "render_many",
    "why_unavailable",
]

ATTACHMENT = "credential.json"
PAGES_A_LAYOUT = 25  # fewer pay more for each layout, more are no faster and take memory
LARGEST_DOCUMENT = 1_000_000
OUTPUT_INTENT = "paper"  # under any name but "srgb", for which WeasyPrint opens its file anew each time
PDF_OPTIONS = {"pdf_variant": "pdf/a-3a", "output_intent": OUTPUT_INTENT}
# Held by whoever draws: two threads in Pango at once, with one set of fonts, end the whole process.
drawing = threading.RLock()


class RenderingUnavailable(RuntimeError):
    """This machine cannot render at all; the message says what it lacks."""


@lru_cache(maxsize=1)
def why_unavailable() -> str:
    """A sentence on what this machine lacks to render certificates, or nothing."""
    try:
        import weasyprint  # noqa: F401
    except OSError as error:  # Pango is a system library that no wheel brings
        return f"Certificates wait until Pango is installed: {error}"
    return ""


def render(face: CertificateFace, *, document: bytes) -> bytes:
    """The certificate with this signed document attached.

    Raises RenderingRefused if it cannot be printed and RenderingUnavailable if nothing can.
    """
    return render_many([face], [document])[0]


def render_many(faces: Sequence[CertificateFace], documents: Sequence[bytes]) -> list[bytes]:
    """Certificates in the order of their faces; those that look alike are laid out together.

    Raises as `render` does; then none is returned.
    """
    if reason := why_unavailable():
        raise RenderingUnavailable(reason)
    if any(len(document) > LARGEST_DOCUMENT for document in documents):
        raise RenderingRefused(
            "The credential is larger than 1 MB, so it cannot be attached to a certificate."
        )
    sheets = [prepare(face) for face in faces]
    looks: dict[tuple[str, Tones], list[int]] = {}
    for number, sheet in enumerate(sheets):
        looks.setdefault((sheet.layout, sheet.tones), []).append(number)
    made: dict[int, bytes] = {}
    for numbers in looks.values():
        for start in range(0, len(numbers), PAGES_A_LAYOUT):
            chunk = numbers[start : start + PAGES_A_LAYOUT]
            with drawing:
                files = print_alike([sheets[n] for n in chunk], [documents[n] for n in chunk])
            made.update(zip(chunk, files, strict=True))
    return [made[number] for number in range(len(faces))]


def text_of(face: CertificateFace) -> str:
    """All that the certificate says, in the order of the page. Raises RenderingRefused."""
    sheet = prepare(face)
    markup = render_to_string(f"certificates/{sheet.layout}.html", {"sheets": [sheet]})
    body = markup.partition("<body>")[2]
    return html.unescape(strip_tags(body.replace("<", " <")))


def print_alike(sheets: Sequence[Sheet], documents: Sequence[bytes]) -> list[bytes]:
    """Files of sheets that share layout and tones: one layout, one page each."""
    laid_out = lay_out(sheets)
    if len(laid_out.pages) != len(sheets):
        raise RenderingRefused("The text does not fit on one page.")
    return [
        write_whole(laid_out, page, sheet, document)
        for page, sheet, document in zip(laid_out.pages, sheets, documents, strict=True)
    ]


def lay_out(sheets: Sequence[Sheet]) -> "Document":
    from weasyprint.urls import FatalURLFetchingError

    look = sheets[0].layout, sheets[0].tones
    try:
        return page_source(sheets).render(
            stylesheets=stylesheets(*look),
            font_config=fonts(),
            color_profiles={OUTPUT_INTENT: colour_profile()},
            cache=pictures(sheets),
            **PDF_OPTIONS,
        )
    except FatalURLFetchingError as error:
        raise RenderingRefused(str(error)) from error


def page_source(sheets: Sequence[Sheet]) -> "HTML":
    from weasyprint import HTML

    from .assets import AssetFetcher

    markup = render_to_string(f"certificates/{sheets[0].layout}.html", {"sheets": sheets})
    return HTML(string=markup, url_fetcher=AssetFetcher())


def pictures(sheets: Sequence[Sheet]) -> dict:
    """Finished images by address, for WeasyPrint's cache; made for one batch, so that nothing piles up."""
    from . import drawings
    from .papers import paper

    found = {"asset:paper": paper(sheets[0].layout, sheets[0].tones)}
    for sheet in sheets:
        face = sheet.face
        found[f"asset:seal-{face.credential_id}"] = drawings.seal_drawing(
            face.credential_id, face.kind, sheet.tones.dark
        )
        found[f"asset:qr-{face.credential_id}"] = drawings.qr_drawing(face.url)
        if face.issuer_logo:
            found[f"asset:logo-{face.credential_id}"] = drawings.raster(face.issuer_logo)
        for place, person in enumerate(face.signatories, start=1):
            if person.signature:
                found[f"asset:signature-{face.credential_id}-{place}"] = drawings.raster(person.signature)
    return found


@lru_cache(maxsize=1)
def fonts() -> "FontConfiguration":
    """One for the whole process: each one keeps a quarter of a megabyte for ever."""
    from weasyprint.text.fonts import FontConfiguration

    atexit.register(forget)
    return FontConfiguration()


def forget() -> None:
    """Let go of what the process keeps while WeasyPrint can still clean up after it."""
    for kept in (stylesheets, shared_sheet, fonts):
        kept.cache_clear()


@lru_cache(maxsize=1)
def colour_profile() -> "ColorProfile":
    """sRGB, as PDF/A wants it inside the file."""
    from weasyprint.css import ColorProfile

    data = resources.files("weasyprint.pdf").joinpath("sRGB2014.icc").read_bytes()
    return ColorProfile(io.BytesIO(data), "sRGB2014.icc", "relative-colorimetric", (["r"], ["g"], ["b"]))


@lru_cache(maxsize=128)
def stylesheets(layout: str, tones: Tones) -> "list[CSS]":
    return [
        shared_sheet("base"),
        shared_sheet(layout),
        sheet_of(render_to_string("certificates/tones.css", {"tones": tones})),
    ]


@lru_cache(maxsize=8)
def shared_sheet(name: str) -> "CSS":
    return sheet_of(render_to_string(f"certificates/{name}.css"))


def sheet_of(text: str) -> "CSS":
    from weasyprint import CSS

    from .assets import AssetFetcher

    return CSS(string=text, font_config=fonts(), url_fetcher=AssetFetcher())


def write_whole(laid_out: "Document", page, sheet: Sheet, document: bytes) -> bytes:
    """One page as a file. Laid out anew without the symbols that no typeface has: a box is no PDF/A."""
    file, missing = write(laid_out, page, sheet, document)
    if not missing:
        return file
    bare = without(sheet.face, missing)
    refuse_boxes(missing, all_of_them=bare == sheet.face)
    return print_alike([prepare(bare)], [document])[0]


def write(laid_out: "Document", page, sheet: Sheet, document: bytes) -> tuple[bytes, set[str]]:
    """One page of the layout as a file of its own, and what stands in it as an empty box."""
    from weasyprint import Attachment
    from weasyprint.document import DocumentMetadata

    from . import pdfa
    from .assets import AssetFetcher

    made_at = datetime.combine(sheet.face.awarded_on, time(), UTC)
    single = laid_out.copy([page])
    single.metadata = DocumentMetadata(
        title=sheet.document_title,
        authors=[sheet.issuer.text],
        description=sheet.face.url,
        created=made_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        modified=made_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        lang=sheet.language,
        attachments=[
            Attachment(
                string=document,
                name=ATTACHMENT,
                description="The signed credential (Open Badges 3.0)",
                created=made_at,
                modified=made_at,
                relationship="Data",
                url_fetcher=AssetFetcher(),
            )
        ],
    )
    file = single.write_pdf(finisher=pdfa.finish, **PDF_OPTIONS)
    return file, boxes_in(single)


def boxes_in(written: "Document") -> set[str]:
    """The characters that no typeface on this machine has, of a document that was written."""
    return {chr(code) for font in written.fonts.values() for code in font.missing}


def refuse_boxes(missing: set[str], *, all_of_them: bool) -> None:
    """A name is never printed without one of its letters; an ornament or emoji may be left out."""
    letters = {letter for letter in missing if all_of_them or unicodedata.category(letter)[0] in "LMN"}
    if letters:
        raise RenderingRefused(
            f"No typeface on this machine has “{''.join(sorted(letters)[:10])}”. "
            "On Debian, install fonts-noto-core and fonts-droid-fallback."
        )
