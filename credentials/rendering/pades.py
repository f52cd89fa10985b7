"""The signature over a whole PDF: PAdES B-B, invisible, the last step before it is kept (STANDARDS.md P3-07).

It says which organisation made this file; that somebody earned something is said by the credential inside.
"""

import io
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.serialization import Encoding

from issuers.keys import paper_certificates

if TYPE_CHECKING:
    from pyhanko.sign.signers import SimpleSigner

FIELD = "Seal"
SPOKEN_FIELD = "Digital signature of this certificate"  # what a screen reader says of the field
BESIDE_CERTIFICATES = 6144  # bytes: signature, attributes and names, with room


def sign(pdf: bytes, signer: "SimpleSigner") -> bytes:
    """The file with its signature after it; what was there before stays as it is, byte for byte.

    It forbids every later change. The field lies outside the page, so that PDF/A and PDF/UA both hold.
    """
    from pyhanko.sign import fields
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

    says = PdfSignatureMetadata(
        field_name=FIELD,
        subfilter=fields.SigSeedSubFilter.PADES,
        md_algorithm="sha256",
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    place = fields.SigFieldSpec(
        FIELD,
        readable_field_name=SPOKEN_FIELD,
        invis_sig_settings=fields.InvisSigSettings(box_out_of_bounds=True),
    )
    signed = PdfSigner(says, signer, new_field_spec=place).sign_pdf(_writer_of(pdf), bytes_reserved=_room())
    return signed.getvalue()


def _writer_of(pdf: bytes):
    """pyHanko's writer, with two things left alone that would make it PDF/A no longer.

    The XMP packet is not written anew. The cross-reference stream is not compressed: then it ends in a zero,
    and never in a CR that seems to belong to the end of the line after it (once in 256 times; see `pdfa`).
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    class Writer(IncrementalPdfFileWriter):
        def _update_meta(self) -> None:
            pass

        def _populate_trailer(self, trailer) -> None:
            super()._populate_trailer(trailer)
            trailer.pop("/Filter", None)

    return Writer(io.BytesIO(pdf))


def _room() -> int:
    """Hex digits for the signature. Told nothing, pyHanko signs twice to find out."""
    return 2 * (
        BESIDE_CERTIFICATES + sum(len(one.public_bytes(Encoding.DER)) for one in paper_certificates())
    )
