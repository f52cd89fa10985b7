"""Signed PDFs, judged by programs that did not sign them: poppler, pyHanko's validator, a PDF/A validator."""

import io
import subprocess

import page as pdf_validator
import pytest
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from credentials.rendering import certificate, faces, pades
from issuers import keys
from tests import authority
from tests.credentials.rendering.test_certificate import DOCUMENT, everything, page


@pytest.fixture
def papers(settings, tmp_path):
    made = authority.made_in(tmp_path)
    made.are_set_in(settings)
    return made


@pytest.fixture
def plain():
    return certificate.render(everything("degree"), document=DOCUMENT)


def status_of(pdf: bytes, papers):
    (found,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    trusts = ValidationContext(trust_roots=[load_cert_from_pemder(papers.root)], allow_fetching=False)
    return validate_pdf_signature(found, trusts)


def faults(pdf: bytes, profile: str, folder) -> list[str]:
    file = folder / "certificate.pdf"
    file.write_bytes(pdf)
    return [failure.rule_id for failure in pdf_validator.validate_pdf(str(file), profile=profile).failures]


@pytest.mark.parametrize("profile", ["3a", "ua1"])
@pytest.mark.parametrize("kind", list(faces.LAYOUTS))
def test_a_certificate_of_each_kind_is_accessible_and_archivable_before_and_after_it_is_signed(
    kind, profile, papers, tmp_path
):
    before = certificate.render(everything(kind), document=DOCUMENT)
    after = pades.sign(before, keys.paper_signer())

    assert (faults(before, profile, tmp_path), faults(after, profile, tmp_path)) == ([], [])


@pytest.mark.parametrize("bits", [0, 4096], ids=["elliptic curve", "RSA"])
def test_poppler_and_pyhanko_find_the_whole_file_signed_and_trust_it(settings, plain, tmp_path, bits):
    papers = authority.made_in(tmp_path, key=authority.rsa_key(bits) if bits else None)
    papers.are_set_in(settings)

    signed = pades.sign(plain, keys.paper_signer())

    (file := tmp_path / "signed.pdf").write_bytes(signed)
    said = subprocess.run(["pdfsig", "-nocert", str(file)], capture_output=True, text=True, check=True).stdout
    assert "Signature Type: ETSI.CAdES.detached" in said
    assert "Total document signed" in said
    assert "Signature Validation: Signature is Valid." in said
    status = status_of(signed, papers)
    assert (status.intact, status.valid, status.trusted) == (True, True, True)
    assert status.coverage.name == "ENTIRE_FILE"


def test_what_was_there_before_stays_byte_for_byte_and_looks_the_same(papers, plain):
    signed = pades.sign(plain, keys.paper_signer())

    assert signed.startswith(plain)
    assert page(signed).tobytes() == page(plain).tobytes()


def test_the_stream_that_is_added_ends_in_a_byte_that_is_no_end_of_a_line(papers, plain):
    added = pades.sign(plain, keys.paper_signer()).removeprefix(plain)

    assert added.count(b"endstream") == 1
    assert added.partition(b"\nendstream")[0][-1:] == b"\0"


def test_a_change_of_one_byte_breaks_it(papers, plain):
    signed = bytearray(pades.sign(plain, keys.paper_signer()))
    signed[len(plain) // 2] ^= 1

    assert status_of(bytes(signed), papers).intact is False


def test_a_change_that_is_added_behind_is_seen(papers, plain):
    signed = pades.sign(plain, keys.paper_signer())
    again = pades._writer_of(signed)
    again.root["/Lang"] = again.root["/Lang"].__class__("la")
    again.update_root()
    changed = io.BytesIO()
    again.write(changed)

    status = status_of(changed.getvalue(), papers)

    assert status.coverage.name != "ENTIRE_FILE"
    assert status.bottom_line is False
