"""The receipt of a check on paper: A4, PDF/A-3a, tagged, with the signed receipt inside it, byte for byte."""

import datetime as dt
from collections.abc import Callable
from functools import partial

from django.template.loader import render_to_string

from credentials import judging, receipts

from . import certificate
from .certificate import OUTPUT_INTENT, PDF_OPTIONS, RenderingRefused, RenderingUnavailable
from .faces import shortened

ATTACHMENT = "receipt.json"  # never credential.json: it is none
MEDIA_TYPE = "application/json"
OUTCOMES = {"passed": "Yes", "failed": "No", "unknown": "Could not check"}
CHECKED = {"passed": "Passed", "failed": "Failed", "unknown": "Could not check"}
LONGEST_TEXT = (
    400  # letters; the words are a stranger's, and a few thousand keep the renderer busy for minutes
)
MOST_CHECKS = 40


def render(receipt: dict, *, data: bytes) -> bytes:
    """The PDF of a signed receipt, with its bytes attached.

    What no typeface has stands there as a question mark: it is a stranger's text, and a box is no PDF/A.
    Raises RenderingRefused and RenderingUnavailable as `certificate.render` does.
    """
    if reason := certificate.why_unavailable():
        raise RenderingUnavailable(reason)
    moment = dt.datetime.fromisoformat(receipt["checkedAt"])
    markup = render_to_string("certificates/receipt.html", context_of(receipt, moment))
    told = partial(metadata, receipt, moment, data)  # made anew each time: its attachment is read once
    with certificate.drawing:
        file, missing = write(markup, told)
        if missing:
            file, _ = write(markup.translate({ord(letter): "?" for letter in missing}), told)
    return file


def write(markup: str, told: Callable) -> tuple[bytes, set[str]]:
    """A file that tells this metadata, and what stands in it as an empty box."""
    from weasyprint import HTML
    from weasyprint.urls import FatalURLFetchingError

    from . import pdfa
    from .assets import AssetFetcher

    try:
        laid_out = HTML(string=markup, url_fetcher=AssetFetcher()).render(
            stylesheets=[certificate.shared_sheet("receipt")],
            font_config=certificate.fonts(),
            color_profiles={OUTPUT_INTENT: certificate.colour_profile()},
            **PDF_OPTIONS,
        )
    except FatalURLFetchingError as error:
        raise RenderingRefused(str(error)) from error
    laid_out.metadata = told()
    file = laid_out.write_pdf(finisher=partial(pdfa.finish, media_type=MEDIA_TYPE), **PDF_OPTIONS)
    return file, certificate.boxes_in(laid_out)


def context_of(receipt: dict, moment: dt.datetime) -> dict:
    """What is printed: long texts are cut, which shows; the attached receipt has them whole (TRUST.md 1)."""
    receipt = brief(receipt)
    answers = receipt["report"]["answers"]
    questions = (
        ("Is it unchanged since it was signed?", answers["unchanged"]),
        ("Is it still valid?", answers["still_valid"]),
        ("Do we know who issued it?", answers["issuer_known"]),
    )
    return {
        "receipt": receipt,
        "report": receipt["report"],
        "moment": f"{moment.astimezone(dt.UTC):%-d %B %Y, %H:%M:%S} UTC",
        "answers": [(question, OUTCOMES[said["outcome"]], said["sentence"]) for question, said in questions],
        "checks": [
            *((CHECKED[check["outcome"]], check["sentence"]) for check in receipt["report"]["checks"]),
            *(("Remark", remark) for remark in receipt["report"].get("remarks", [])),
        ],
        "inner": [(judging.WORDS[inner["verdict"]], named(inner)) for inner in receipt["report"]["inner"]],
        "valid_until": day(receipt["report"]["valid_until"]),
    }


def day(moment: str | None) -> str:
    """The day of a moment as the sentences of a Report write it."""
    return f"{dt.date.fromisoformat(moment[:10]):%-d %B %Y}" if moment else ""


def brief(said):
    """The same with every text short enough to be printed, and no list longer than a page or two."""
    if isinstance(said, str):
        return shortened(said, LONGEST_TEXT)
    if isinstance(said, dict):
        return {name: brief(value) for name, value in said.items()}
    return [brief(value) for value in said[:MOST_CHECKS]] if isinstance(said, list) else said


def named(inner: dict) -> str:
    """A credential inside of a record in one line."""
    shown = ", ".join(filter(None, (inner["title"], inner["subject_name"]))) or "Nothing of it is shown"
    return f"{shown}. {inner['reason']}".strip()


def metadata(receipt: dict, moment: dt.datetime, data: bytes):
    from weasyprint import Attachment
    from weasyprint.document import DocumentMetadata

    from .assets import AssetFetcher

    said = moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return DocumentMetadata(
        title=receipts.TITLE,
        authors=[receipt["site"]["name"]],
        created=said,
        modified=said,
        lang="en",
        attachments=[
            Attachment(
                string=data,
                name=ATTACHMENT,
                description="The signed receipt",
                created=moment,
                modified=moment,
                relationship="Data",
                url_fetcher=AssetFetcher(),
            )
        ],
    )
