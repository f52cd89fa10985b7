"""A reader for `programs`: from a PDF to the credential that is attached to it.

In a process of its own, because a hostile file can make the PDF library use any amount of memory or time, or
crash it: here it takes down nothing but itself. Its limits are those of TRUST.md 4. It imports nothing of
ours, so that it starts quickly.
"""

import json
import re
import resource
from io import BytesIO

MEGABYTE = 1024 * 1024
MAX_PAGES = 200
MAX_ATTACHMENT = MEGABYTE
MAX_ATTACHMENTS = 20  # each is looked for among all, which takes seconds where there are thousands
MAX_UNPACKED = 16 * MEGABYTE  # of any one stream in the file
MAX_MEMORY = 512 * MEGABYTE
MAX_SECONDS = 3
OURS = ("credential.json", "credential.jwt")
TOKEN = re.compile(rb"\s*eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\s*")


class Refused(Exception):
    """The message is a sentence for the person who brought the file."""


def prepare() -> None:
    import pikepdf  # noqa: F401 - loaded once, for every file


def limit_this_process() -> None:
    """Memory, time and unpacked size, before the first byte of the file is looked at."""
    from pikepdf import settings

    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    settings.set_qpdf_limits(
        flate_max_memory=MAX_UNPACKED,
        png_max_memory=MAX_UNPACKED,
        run_length_max_memory=MAX_UNPACKED,
        tiff_max_memory=MAX_UNPACKED,
        max_stream_filters=3,
        doc_max_warnings=100,
    )


def credential_in(stream: BytesIO) -> bytes:
    """The bytes of `credential.json` or `.jwt`, or of the first attachment that could be one.

    Raises `Refused`.
    """
    import pikepdf

    try:
        with pikepdf.open(stream) as pdf:
            if len(pdf.pages) > MAX_PAGES:
                raise Refused(f"This PDF has more than {MAX_PAGES} pages. A certificate has one or a few.")
            return _the_credential(pdf)
    except pikepdf.PasswordError:
        raise Refused("This PDF is locked with a password, so what is in it cannot be read.") from None
    except (pikepdf.PdfError, pikepdf.DataDecodingError, ValueError, TypeError, KeyError, AttributeError):
        raise Refused("This PDF is damaged: what is attached to it cannot be read.") from None
    except (MemoryError, RecursionError):
        raise Refused("This PDF unpacks to more than we are willing to read.") from None


def _the_credential(pdf) -> bytes:
    names = sorted(pdf.attachments, key=lambda name: OURS.index(name) if name in OURS else len(OURS))
    if len(names) > MAX_ATTACHMENTS:
        raise Refused(f"This PDF has more than {MAX_ATTACHMENTS} files attached. A certificate has one.")
    for name in names:
        data = pdf.attachments[name].get_file().read_bytes()
        if len(data) > MAX_ATTACHMENT:
            raise Refused("What is attached to this PDF is larger than 1 MB, so it is no credential.")
        if name in OURS or _is_object(data) or TOKEN.fullmatch(data):
            return data
    raise Refused(
        "There is no credential inside this PDF. It may be a scan or a print: ask for the original file, "
        "or check the address that is printed on it."
    )


def _is_object(data: bytes) -> bool:
    try:
        return isinstance(json.loads(data), dict)
    except (ValueError, RecursionError):
        return False


def answer(data: bytes) -> bytes:
    return credential_in(BytesIO(data))
