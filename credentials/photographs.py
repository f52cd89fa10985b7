"""A reader for `programs`: from a picture to the text of the QR code in it.

Its argument is how the addresses of the site begin; they count as addresses even where it is tried with http.

In a process of its own, for the reasons of `attachments`. Its limits are those of TRUST.md 5: three formats,
and the number of pixels is known before the first one is unpacked. It imports nothing of ours.
"""

import resource
import warnings
from io import BytesIO

MAX_PIXELS = 25_000_000
MAX_MEMORY = 768 * 1024 * 1024
MAX_SECONDS = 3
LONGEST_TEXT = 8 * 1024
FORMATS = ("PNG", "JPEG", "WEBP")


class Refused(Exception):
    """The message is a sentence for the person who brought the picture."""


def prepare() -> None:
    import zxingcpp  # noqa: F401 - loaded once, for every file
    from PIL import Image

    Image.init()  # the formats too


def limit_this_process() -> None:
    """Memory and time, before the first byte of the picture is looked at."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def text_in(stream: BytesIO, *, own: str = "https://") -> str:
    """What the QR code in the picture says. Raises `Refused`."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(stream, formats=FORMATS) as picture:
            return _one_of(_codes(ImageOps.exif_transpose(picture).convert("L")), own=own)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("The picture has more than 25 million dots. Bring a smaller one.") from None
    except (OSError, SyntaxError, ValueError):
        raise Refused("This picture is damaged, or of a kind that we do not read.") from None
    except MemoryError:
        raise Refused("This picture unpacks to more than we are willing to read.") from None


def _codes(picture) -> list[str]:
    import zxingcpp

    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    return list(dict.fromkeys(code.text.strip() for code in found if code.valid and code.text.strip()))


def _one_of(texts: list[str], *, own: str) -> str:
    """A certificate may bear several codes; one of them may be the address of the credential."""
    addresses = [text for text in texts if text.lower().startswith(("https://", own.lower()))]
    candidates = addresses or texts
    if not candidates:
        raise Refused(
            "There is no credential inside this picture, and no QR code in it can be read. "
            "Take the photo closer and straight, or type the address that is printed beside the code."
        )
    if len(candidates) > 1:
        raise Refused("There are several QR codes in this picture. Take a photo of the one to be checked.")
    if len(candidates[0]) > LONGEST_TEXT:
        raise Refused("The QR code in this picture holds no address of a credential.")
    return candidates[0]


def answer(data: bytes, own: str) -> bytes:
    return text_in(BytesIO(data), own=own).encode()
