"""What came of checking many files: a table for a spreadsheet, a document for programs.

The page that shows the results keeps nothing, so it gives them along, sealed by this site, to be asked for as
a file.
"""

import csv
import io
import json
from collections.abc import Sequence

from django.core import signing

from credentials.judging import WORDS, Judged
from credentials.spreadsheets import harmless

SALT = "results of a check"
KEPT_SECONDS = 24 * 3600
COLUMNS = (
    "file",
    "verdict",
    "credential",
    "earner",
    "issuer",
    "issuer identity",
    "unchanged",
    "still valid",
    "issuer known",
    "reason",
    "checked at",
    "sha256",
    "told",
)


class NotOurs(ValueError):
    """These results were not made by this site, or longer ago than a day. The message is a sentence."""


def sealed(judged: Sequence[Judged]) -> str:
    """The results as a text that only this site could have made."""
    return signing.dumps([one.as_dict() for one in judged], salt=SALT, compress=True)


def opened(text: str) -> list[dict]:
    """What `sealed` closed. Raises `NotOurs`."""
    try:
        return signing.loads(text, salt=SALT, max_age=KEPT_SECONDS)
    except signing.BadSignature:
        raise NotOurs(
            "These results are older than a day or were not made here. Check the files again."
        ) from None


def as_csv(results: Sequence[dict]) -> bytes:
    """UTF-8 with a mark at its beginning, for spreadsheet programs; no cell computes anything."""
    written = io.StringIO()
    write = csv.writer(written).writerow
    write(COLUMNS)
    for one in results:
        write([harmless(" ".join(str(cell).split("\x00"))) for cell in _cells(one)])
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def _cells(one: dict) -> list[str]:
    answers = one.get("answers", {})
    return [
        one["file"],
        str(WORDS[one["told"]]),
        one.get("title", ""),
        one.get("subject_name", ""),
        one.get("issuer", {}).get("name", ""),
        one.get("issuer_identity", {}).get("level", ""),
        *(answers.get(name, {}).get("outcome", "") for name in ("unchanged", "still_valid", "issuer_known")),
        one.get("reason", ""),
        one.get("checked_at", ""),
        one["sha256"],
        one["told"],
    ]


def as_json(results: Sequence[dict]) -> bytes:
    return json.dumps(list(results), ensure_ascii=False, indent=2).encode()
