"""What a file is by its first bytes, so that one that is no roster can be called by its name."""

import io
import zipfile

_BY_FIRST_BYTES = (
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"%PDF-", "a PDF document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel file (.xls) or one locked by a password"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"BZh", "a compressed file (bzip2)"),
    (b"\xfd7zXZ\x00", "a compressed file (xz)"),
    (b"7z\xbc\xaf\x27\x1c", "a compressed file (7z)"),
    (b"Rar!\x1a\x07", "a compressed file (rar)"),
    (b"SQLite format 3\x00", "a database (SQLite)"),
    (b"PAR1", "a Parquet file"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
)
_BY_FIRST_WORDS = (
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
    (b"<?xml", "an XML file"),
    (b"{", "a JSON file"),
    (b"[{", "a JSON file"),
    (b"begin:vcard", "an address card (vCard)"),
)
_ZIP = b"PK\x03\x04"


def seems_to_be(data: bytes) -> str:
    """ "a PNG image" and the like for what is not a roster; "" for what may be one."""
    for start, what in _BY_FIRST_BYTES:
        if data.startswith(start):
            return what
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "a WebP image"
    if data.startswith(_ZIP):
        return _seems_zipped(data)
    return _seems_written(data)


def is_workbook(data: bytes) -> bool:
    """Whether it is a zip archive; `seems_to_be` has told the other archives by then."""
    return data.startswith(_ZIP)


def is_binary(data: bytes) -> bool:
    """Control characters beyond what text in any encoding has: more than one byte in thirty."""
    sample = data[:65_536]
    strange = sum(sample.count(bytes((code,))) for code in _CONTROLS)
    return strange > 3 and strange * 30 > len(sample)


def _seems_zipped(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist()[:5_000])
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return "a damaged spreadsheet or zip archive"
    if "xl/workbook.xml" in names:
        return ""
    if "mimetype" in names:
        return "an OpenDocument file or an e-book"
    if "word/document.xml" in names:
        return "a Word document"
    if any(name.startswith("ppt/") for name in names):
        return "a presentation"
    if "Index/Document.iwa" in names:
        return "an Apple Numbers file"
    return "" if any(name.startswith("xl/") for name in names) else "a zip archive"


def _seems_written(data: bytes) -> str:
    start = data[:256].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for words, what in _BY_FIRST_WORDS:
        if start.startswith(words):
            return what
    return ""


_CONTROLS = [code for code in range(1, 32) if code not in (9, 10, 11, 12, 13, 26, 27)] + [127]
