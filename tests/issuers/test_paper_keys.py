"""The operator's own certificate: used as it is, or refused with a sentence that says how to mend it."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from issuers import keys
from tests import authority


def refused() -> str:
    with pytest.raises(keys.CannotSignPaper) as reason:
        keys.paper_signer()
    return str(reason.value)


@pytest.fixture
def papers(settings, tmp_path):
    made = authority.made_in(tmp_path)
    made.are_set_in(settings)
    return made


def test_without_a_certificate_pdfs_are_not_signed():
    assert (keys.signs_paper(), keys.paper_fingerprint()) == (False, "")


@pytest.mark.parametrize("key", [lambda: None, authority.rsa_key], ids=["elliptic curve", "RSA"])
def test_it_opens_with_its_chain(settings, tmp_path, key):
    authority.made_in(tmp_path, key=key(), password="corréct horse").are_set_in(
        settings, password="corréct horse"
    )

    signer = keys.paper_signer()

    assert signer.subject_name == authority.ORGANISATION
    assert [one.subject.human_friendly for one in signer.cert_registry] == [
        f"Common Name: {authority.AUTHORITY}"
    ]


def test_a_renewed_certificate_counts_without_a_restart(settings, tmp_path, papers):
    before = keys.paper_fingerprint()

    authority.made_in(tmp_path)

    assert {len(before), len(keys.paper_fingerprint())} == {64}
    assert keys.paper_fingerprint() != before


def test_a_file_that_is_not_there_is_named(settings, papers):
    settings.PDF_SIGNING_CERTIFICATE_FILE = "/nowhere/signer.pem"

    assert (
        refused()
        == "PDF_SIGNING_CERTIFICATE_FILE, /nowhere/signer.pem, cannot be read: No such file or directory."
    )
    assert keys.paper_fingerprint() == "unreadable"


def test_a_key_that_is_not_there_is_named(settings, papers):
    settings.PDF_SIGNING_KEY_FILE = ""

    assert refused() == "PDF_SIGNING_KEY_FILE is not set. It is the key of PDF_SIGNING_CERTIFICATE_FILE."


def test_a_certificate_in_another_form_is_told_apart(settings, papers):
    papers.certificate.write_bytes(b"\x30\x82\x01\x0a")

    assert "holds no certificate in PEM form" in refused()


@pytest.mark.parametrize("password", ["", "wrong"])
def test_a_locked_key_wants_its_password(settings, tmp_path, password):
    authority.made_in(tmp_path, password="right").are_set_in(settings, password=password)

    assert refused().endswith("holds no private key in PEM form that PDF_SIGNING_KEY_PASSWORD opens.")


def test_the_key_of_another_certificate_is_refused(settings, tmp_path, papers):
    settings.PDF_SIGNING_KEY_FILE = str(authority.made_in(tmp_path / "other").key)

    assert refused().endswith("the first certificate in it is not that of the key in PDF_SIGNING_KEY_FILE.")


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        ({"ends_in_days": -0.5}, "Bring a new one."),
        ({"starts_in_days": 2}, "it is valid only from "),
        ({"signs": False}, "its key usage is neither digital signature nor non-repudiation."),
        ({"key": lambda: authority.rsa_key(1024)}, "its RSA key has 1024 bits"),
        ({"key": Ed25519PrivateKey.generate}, "PDF readers know RSA and elliptic curves only"),
    ],
    ids=["ended", "not yet valid", "may not sign", "short key", "another algorithm"],
)
def test_what_others_would_not_believe_does_not_sign(settings, tmp_path, made, sentence):
    made = {name: value() if callable(value) else value for name, value in made.items()}
    authority.made_in(tmp_path, **made).are_set_in(settings)

    assert sentence in refused()
